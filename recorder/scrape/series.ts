import { ExpositionError, quoted } from './expositionError.ts';
import { skipBlanks } from './text.ts';

export type Labels = Readonly<Record<string, string>>;

/** Blanks and tabs may stand wherever one token ends and another begins. */
const nameToken = /[ \t]*([a-zA-Z_:][a-zA-Z0-9_:]*)[ \t]*/y;
const labelToken =
  /[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"([^"\\]*(?:\\[^\n][^"\\]*)*)"[ \t]*(?:,|(?=\}))/y;
const closingToken = /[ \t]*\}/y;

/**
 * A series as the exposition names it, into the metric's name and its labels, unescaped:
 *
 *     http_requests_total
 *     http_requests_total{method="post",path="C:\\DIR\\",text="say \"hi\"\n"}
 *
 * A comma may follow the last label. Of the backslashes only \\ \" and \n are escapes; another stays.
 * @throws ExpositionError
 */
export function parseSeries(raw: string, line: number): { readonly name: string; readonly labels: Labels } {
  nameToken.lastIndex = 0;
  const [all, name] = nameToken.exec(raw) ?? [];
  if (all === undefined || name === undefined) {
    throw new ExpositionError(line, `${quoted(raw)} does not begin with the name of a metric`);
  }
  if (all.length === raw.length) return { name, labels: {} };
  const labels = raw.charAt(all.length) === '{' ? parseLabels(raw, all.length + 1) : undefined;
  if (labels === undefined) throw new ExpositionError(line, `the labels of ${quoted(raw)} cannot be read`);
  const names = new Set(labels.map(([label]) => label));
  if (names.size < labels.length) throw new ExpositionError(line, `${quoted(raw)} has the same label twice`);
  return { name, labels: Object.fromEntries(labels) };
}

/** From behind the opening brace to the end; undefined where anything else than labels is found. */
function parseLabels(raw: string, start: number): readonly (readonly [string, string])[] | undefined {
  const labels: [string, string][] = [];
  labelToken.lastIndex = closingToken.lastIndex = start;
  for (let found = labelToken.exec(raw); found; found = labelToken.exec(raw)) {
    const [, label = '', value = ''] = found;
    labels.push([label, unescape(value)]);
    closingToken.lastIndex = labelToken.lastIndex;
  }
  return closingToken.test(raw) && closingToken.lastIndex === raw.length ? labels : undefined;
}

function unescape(value: string): string {
  if (!value.includes('\\')) return value;
  return value.replaceAll(/\\([\\"n])/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
}

/**
 * Where the series that begins at `start` ends: behind the closing brace, or before the blank that
 * ends a name without labels; blanks before the brace belong to it. -1 when the line ends before.
 */
export function seriesEnd(text: string, start: number): number {
  let at = start;
  while (isOfName(text.charCodeAt(at))) at++;
  const end = at;
  at = skipBlanks(text, at);
  if (text[at] !== '{') return end === start || at === end ? -1 : end;
  for (let inValue = false; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === lineFeed) return -1;
    if (code === quote) inValue = !inValue;
    else if (inValue && code === backslash) at++;
    else if (!inValue && code === closingBrace) return at + 1;
  }
  return -1;
}

const lineFeed = 0x0a;
const quote = 0x22;
const backslash = 0x5c;
const closingBrace = 0x7d;

/** Anything that is neither blank, control character nor brace: parseSeries is the judge of names. */
function isOfName(code: number): boolean {
  return code > 0x20 && code !== 0x7b;
}
