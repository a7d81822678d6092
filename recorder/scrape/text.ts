import { ExpositionError, quoted } from './expositionError.ts';

/** What may follow a value on its line. */
const timestampAndExemplar = /^(?:[ \t]+[+-]?[\d.]+(?:e[+-]?\d+)?)?[ \t]*(?:[ \t]# ?\{.*)?$/is;

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

export function skipBlanks(text: string, start: number): number {
  let at = start;
  while (isBlank(text.charCodeAt(at))) at++;
  return at;
}

export function endOfToken(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) > 0x20) at++;
  return at;
}

/** Only `# EOF` may end the body without a line end: OpenMetrics leaves the choice. */
export function endOfComment(text: string, at: number, line: number): number {
  const end = text.indexOf('\n', at);
  if (end >= 0) return end;
  if (text.slice(at) === '# EOF') return text.length;
  throw new ExpositionError(line, 'the body ends within a line');
}

export function endOfSample(text: string, at: number, line: number): number {
  const end = text.indexOf('\n', at);
  if (end < 0) throw new ExpositionError(line, 'the body ends within a line');
  const rest = text.slice(at, end);
  if (!timestampAndExemplar.test(rest)) {
    throw new ExpositionError(line, `behind the value comes ${quoted(rest)}, neither timestamp nor exemplar`);
  }
  return end;
}

/** The rest of the line, for a message. */
export function lineAt(text: string, at: number): string {
  const end = text.indexOf('\n', at);
  return text.slice(at, end < 0 ? undefined : end);
}
