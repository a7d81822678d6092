/**
 * What whoever names a process, container, image, machine or metric may try on its readers: each text
 * belongs to one reader that it would fool if nobody made it harmless.
 */
export const hostileTexts = [
  // CSV and expositions
  `"a",'b'`,
  'a,b\nc\r\nd,"',
  'a\\',
  '\\n\\"}',
  'x"} 1\nkubemon_node_cpus 666',
  ' NA ',
  'NA',
  // spreadsheets
  `=cmd|'/C calc'!A0`,
  '+1+cmd',
  '-2+3',
  '@SUM(1+1)',
  '\t=1',
  '\r=1',
  '\uFF1D1',
  // terminals
  '\u001B[31mred\u001B[0m',
  '\u001B]0;title\u0007',
  'up\u001B[1A\u001B[2K',
  '\u009B31mred',
  '\u009D0;title\u009C',
  '\u007F\b\b\b',
  'over\rwritten',
  // eyes
  'user\u202Egpj.exe',
  '\u2066\u2067\u2069\u200E\u200F\u061C',
  'a\u200Bb\uFEFF',
  'line\u2028and\u2029paragraph',
  // pages and streams
  '</td><script>alert(1)</script>',
  'x\n\nevent: stop\ndata: {}\n\n',
  // not hostile at all
  'größe 大小 🐳',
] as const;

const acting = /[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * The characters of a text by which it would act on a terminal, or hide or turn what is read there, with
 * what comes before each: none in what kubemon prints, logs and answers.
 */
export function unseen(text: string): readonly string[] {
  const found: string[] = [];
  text.replace(acting, (character, at: number) => {
    found.push(JSON.stringify(text.slice(Math.max(0, at - 20), at) + character));
    return character;
  });
  return found;
}

/** As it stands in a text cell: what a spreadsheet would take for a formula has an apostrophe before it. */
export function inCell(text: string): string {
  return /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/.test(text) ? `'${text}` : text;
}
