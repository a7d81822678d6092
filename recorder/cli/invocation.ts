import { basename, relative } from 'node:path';

/** How this user can start the command again, as typed in the same folder: kubemon, npx kubemon, node FILE. */
export function invocation(
  script: string = process.argv[1] ?? '',
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  if (environment['npm_command'] !== undefined) return 'npx kubemon';
  if (basename(script) === 'kubemon') return 'kubemon';
  return `node ${quoted(relative(process.cwd(), script))}`;
}

/** A word for the shell. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
