import { expect, test } from 'vitest';
import { missingFor } from './requirements.ts';

test('elsewhere than on Linux nothing can be measured', () => {
  expect(missingFor([{ name: 'alignment', needs: [] }], 'darwin')).toBe(
    'The benchmark needs Linux: it cannot run on darwin.',
  );
});

test('what is missing is told at once, with the parts that need it', () => {
  const path = process.env['PATH'];
  process.env['PATH'] = '/nowhere';
  try {
    const parts = [
      { name: 'exporter', needs: ['compiler', 'nodeExporter'] },
      { name: 'recorder', needs: ['prometheus', 'compiler'] },
    ] as const;
    expect(missingFor(parts, 'linux')).toBe(
      'The benchmark needs what this machine lacks: a C compiler (for exporter, recorder), ' +
        'prometheus (for recorder), prometheus-node-exporter (for exporter). See test/bench/README.md.',
    );
    expect(missingFor([{ name: 'alignment', needs: [] }], 'linux')).toBeUndefined();
    expect(missingFor([{ name: 'all' }], 'linux')).toContain('prometheus-process-exporter (for all)');
  } finally {
    process.env['PATH'] = path;
  }
});
