/** Deeper, no program would write it, and to parse it takes seconds. */
const maxDepth = 30;
/** Elements and entries: of a run of 10,000 daemons. */
const maxValues = 300_000;

/**
 * JSON that somebody may have made to harm: before it is parsed, which would hold everything up, it is
 * looked over once.
 * @throws RangeError saying what there is too much of, SyntaxError when it is no JSON.
 */
export function parseBounded(text: Buffer): unknown {
  let depth = 0;
  let values = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at];
    if (inString) {
      if (byte === backslash) at++;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (byte === comma) values++;
    else if (byte === openBracket || byte === openBrace) {
      depth++;
      values++;
    } else if (byte === closeBracket || byte === closeBrace) depth--;
    if (depth > maxDepth) throw new RangeError(`it is nested more than ${maxDepth} deep`);
    if (values > maxValues) throw new RangeError(`it has more than ${maxValues} values`);
  }
  return JSON.parse(text.toString());
}

const [quote, backslash, comma, openBracket, closeBracket, openBrace, closeBrace] = Buffer.from('"\\,[]{}');
