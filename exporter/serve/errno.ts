/** EACCES, ECONNREFUSED, UND_ERR_SOCKET: what tells errors of the system and of libraries apart. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whether a system call failed with one of these: 'ENOENT', 'EACCES'. */
export function isErrno(error: unknown, ...codes: readonly string[]): error is NodeJS.ErrnoException {
  const code = errorCode(error);
  return code !== undefined && codes.includes(code);
}
