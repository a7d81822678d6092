import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Licences that ask for no more than to be kept with what they cover. */
const allowed: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  // argparse, which js-yaml reads: the licence of Python itself, as permissive as the others.
  'Python-2.0',
  'Unlicense',
]);

/** Packages that were published without the text of their licence; they name it in their package.json. */
const withoutText: ReadonlySet<string> = new Set(['koa-compose', 'split-ca', 'tr46']);

/** A package of what `npm ci --omit=dev` installs, optional ones included. */
interface Shipped {
  /** node_modules/… */
  readonly path: string;
  readonly name: string;
  /** As its package.json names it. */
  readonly licence: string;
  readonly hasText: boolean;
}

interface LockedPackage {
  readonly dev?: boolean;
  readonly optional?: boolean;
}

function shipped(): readonly Shipped[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- npm writes it
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, LockedPackage>>;
  };
  return Object.entries(packages).flatMap(([path, { dev = false, optional = false }]) => {
    // An optional one may be for other platforms.
    const isAbsent = optional && !existsSync(join(root, path));
    return path === '' || dev || isAbsent ? [] : [read(path)];
  });
}

function read(path: string): Shipped {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what npm documents
  const { license, licenses = [] } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')) as {
    readonly license?: string;
    /** Of old packages. */
    readonly licenses?: readonly { readonly type: string }[];
  };
  return {
    path,
    name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
    licence: license ?? licenses.map(({ type }) => type).join(' AND '),
    hasText: readdirSync(join(root, path)).some((file) => /^(licen[cs]e|copying|unlicense)/i.test(file)),
  };
}

const packages = shipped();

test('what ships depends on packages of permissive licences only', () => {
  expect(packages.length).toBeGreaterThan(100);
  expect(packages.filter(({ licence }) => !allowed.has(licence))).toEqual([]);
});

test('every package brings the text of its licence', () => {
  const without = packages.filter(({ hasText }) => !hasText).map(({ name }) => name);
  expect(new Set(without)).toEqual(withoutText);
});
