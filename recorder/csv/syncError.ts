import { DamagedRunError } from './damagedRunError.ts';

/**
 * A file could not be made durable. The kernel may have dropped what it could not write and call the next
 * sync a success (fsync(2), "Handling of errors"): nobody knows what the disk holds, and the file is not
 * written any more.
 */
export class SyncError extends DamagedRunError {
  override readonly name = 'SyncError';
}
