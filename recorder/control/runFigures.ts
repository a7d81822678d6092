import type { RunFigures } from '../api.ts';
import type { Manifest } from '../run/manifest.ts';

/** The few figures of run.json that tell how a run goes or went. */
export function runFigures({ ticks, coverage, alignment, files }: Manifest): RunFigures {
  const shares = coverage.flatMap(({ share }) => share ?? []);
  const { p99Seconds } = alignment;
  return {
    ticks,
    ...(shares.length > 0 && { coverage: Math.min(...shares) }),
    ...(p99Seconds !== undefined && { alignmentP99Seconds: p99Seconds }),
    rows: files.reduce((sum, { rows }) => sum + rows, 0),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
