import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { missingFor, withoutLacking } from './requirements.ts';

test('elsewhere than on Linux nothing can be measured', () => {
  expect(missingFor([{ name: 'alignment', needs: [] }], 'darwin')).toBe(
    'The benchmark needs Linux: it cannot run on darwin.',
  );
});

describe('on a machine that lacks it', () => {
  beforeEach(() => {
    vi.stubEnv('PATH', '/nowhere');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test('what is missing is told at once, with the parts that need it', () => {
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
  });

  test('an optional part is left out with a sentence, all others stay', () => {
    const recorder = { name: 'recorder', needs: ['prometheus'] } as const;
    const alignment = { name: 'alignment', needs: [], isOptional: true } as const;
    const shards = { name: 'shards', needs: ['ip', 'kubernetes'], isOptional: true } as const;
    expect(withoutLacking([recorder, shards, alignment])).toEqual({
      parts: [recorder, alignment],
      leftOut: [
        'The part "shards" is left out, since this machine lacks what it needs: the command ip, ' +
          'a Kubernetes cluster that kubectl finds by KUBECONFIG. See test/bench/README.md.',
      ],
    });
  });
});
