/** EACCES, ECONNREFUSED, UND_ERR_SOCKET: what tells errors of the system and of libraries apart. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  if (typeof error.code !== 'string') return undefined;
  return nameUnknown(error.code).split(':')[0];
}

/** Errors of Linux (errno(3)) that Node has no name for: those of disks that a user meets. */
const unknownToNode: ReadonlyMap<string, string> = new Map([
  ['116', 'ESTALE: stale file handle'],
  ['117', 'EUCLEAN: structure needs cleaning'],
  ['122', 'EDQUOT: disk quota exceeded'],
]);

/** Names them in the code or the message of an error: "Unknown system error -122" becomes EDQUOT. */
export function nameUnknown(text: string): string {
  return text.replace(
    /Unknown system error -(\d+)(: Unknown system error -\1)?/,
    (unknown, errno: string) => unknownToNode.get(errno) ?? unknown,
  );
}

/** Whether a system call failed with one of these: 'ENOENT', 'EACCES'. */
export function isErrno(error: unknown, ...codes: readonly string[]): error is NodeJS.ErrnoException {
  const code = errorCode(error);
  return code !== undefined && codes.includes(code);
}
