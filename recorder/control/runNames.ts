const name = '[A-Za-z0-9][A-Za-z0-9._-]{0,127}';

/** What a run's name must do, for a message. */
export const runNames = `match ^${name}$ and not end in .tar.gz`;

/** The same as one pattern. */
export const runNamePattern = String.raw`^(?!.*\.tar\.gz$)${name}$`;

const runName = new RegExp(runNamePattern);

/** May a run be called so? Its name is that of a folder, and stands in URLs: RUN.tar.gz is its archive there. */
export function isRunName(text: string): boolean {
  return runName.test(text);
}
