/** Why a command failed: one sentence for the person who typed it. The exit code is 1. */
export class Failure extends Error {
  override readonly name = 'Failure';
}
