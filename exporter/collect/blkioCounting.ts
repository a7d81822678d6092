import { parseBlkio } from '../parse/blkio.ts';
import type { CgroupTree } from '../source/cgroup.ts';
import type { KernelFiles } from '../source/files.ts';

/**
 * Whether a v1 kernel counts block I/O at all: newer ones begin to only when somebody has set a first
 * throttle limit, of whatever cgroup. Until then even the root, through which all I/O goes, has no device.
 */
export function isBlkioCounting(tree: CgroupTree, files: KernelFiles): boolean {
  const root = tree.locate('', 'blkio.throttle.io_service_bytes');
  if (tree.version === 2 || root === undefined) return true;
  try {
    return parseBlkio(files.read(root)).size > 0;
  } catch {
    // A kernel that keeps other files there; what its containers have tells all.
    return true;
  }
}
