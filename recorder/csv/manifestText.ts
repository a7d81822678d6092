import { createHash } from 'node:crypto';
import { visibleJson } from '../../exporter/serve/visibleJson.ts';

/** run.json, with the sum of all else that it says as `sha256`: no journal tells that. */
export function manifestText(manifest: object): string {
  const json = JSON.stringify({ ...manifest, sha256: manifestSum(manifest) }, undefined, 2);
  return `${visibleJson(json)}\n`;
}

/** Of run.json without its `sha256`, as JSON without white space, the keys in their order; in hex. */
export function manifestSum(manifest: object): string {
  const text = JSON.stringify({ ...manifest, sha256: undefined });
  return createHash('sha256').update(text).digest('hex');
}
