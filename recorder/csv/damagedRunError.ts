/** A run's files are not what was committed: nobody can go on with it. */
export class DamagedRunError extends Error {
  override readonly name: string = 'DamagedRunError';
}
