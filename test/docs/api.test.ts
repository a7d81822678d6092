import { type Options, format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { jsonSchemas } from '../../recorder/server/jsonSchemas.ts';
import { referencesIn, typesOf } from './apiTypes.ts';

const schemas = jsonSchemas();
/** Manifest, and all that it is made of. */
const ofManifest = new Set(['Manifest']);
for (const name of ofManifest) for (const other of referencesIn(schemas[name])) ofManifest.add(other);

/** A file of types, made of the schemas of one file. */
async function made(from: string, isIn: (name: string) => boolean, head = ''): Promise<string> {
  const types = typesOf(Object.fromEntries(Object.entries(schemas).filter(([name]) => isIn(name))));
  const options: Options = { ...(await resolveConfig(import.meta.filename)), parser: 'typescript' };
  const note = `/*
 * Made of ${from}, as /openapi.json is: change that, then \`npm run metrics\`.
 * Times are ISO 8601 in UTC with milliseconds, durations are seconds. Absent is a missing key.
 */`;
  return format([note, head, types].join('\n\n'), options);
}

test('the types of run.json are those of its schema (npm run metrics makes them anew)', async () => {
  const text = await made('manifestSchema.ts', (name) => ofManifest.has(name));
  await expect(text).toMatchFileSnapshot('../../recorder/run/manifest.ts');
});

test('the types of the API are those of its schemas (npm run metrics makes them anew)', async () => {
  const own = Object.keys(schemas).filter((name) => !ofManifest.has(name));
  const used = own.flatMap((name) => referencesIn(schemas[name]).filter((other) => ofManifest.has(other)));
  const head = [
    `import type { ${[...new Set(used)].toSorted().join(', ')} } from './run/manifest.ts';`,
    "export type * from './run/manifest.ts';",
  ];
  const text = await made('apiSchema.ts', (name) => own.includes(name), head.join('\n\n'));
  await expect(text).toMatchFileSnapshot('../../recorder/api.ts');
});
