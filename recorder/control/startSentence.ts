/** The original kubemon's sentence, which scripts look for. */
export function startSentence(daemons: number, host: string, path: string): string {
  return `Starting ${daemons} daemons and saving data at ${host}:${path}`;
}
