import { execFileSync } from 'node:child_process';
import { delimiter, join } from 'node:path';

export interface PrometheusProgram {
  readonly path: string;
  readonly version: string;
}

/** The first prometheus on PATH that tells its version; undefined: there is none. */
export function findPrometheus(): PrometheusProgram | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, 'prometheus');
    try {
      const told = execFileSync(path, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
      return { path, version: versionIn(told) };
    } catch {
      // The next one may.
    }
  }
  return undefined;
}

/** `prometheus, version 2.42.0+ds (branch: …)`; one that was built by hand may tell only Go's version. */
export function versionIn(text: string): string {
  const version = /version +(\d\S*)/.exec(text)?.[1];
  return (
    version ?? `of unknown version (built with ${/go version: +(\S+)/.exec(text)?.[1] ?? 'an unknown Go'})`
  );
}
