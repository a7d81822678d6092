import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { prefix, tables } from '../../exporter/metrics/index.ts';
import { deployed, namespace } from '../support/kube/deployment.ts';
import { kubectl } from '../support/kube/kubectl.ts';
import { rightsOf } from '../support/kube/rights.ts';
import { describeWith, needs } from '../support/needs.ts';
import { readExposition, type Sample } from '../support/series.ts';

/** What a kernel, and not a right, may lack. */
const kernelReasons: ReadonlySet<string> = new Set([
  'cgroup_v1',
  'cgroup_v2',
  'not_supported_by_kernel',
  'no_controller',
  'blkio_not_counting',
  'delayacct_off',
  'host_network',
]);

describeWith(
  [needs.kubernetes, needs.kubemonImage],
  'an installation has the rights that it needs, and no more',
  () => {
    const deployment = deployed();

    /** Runs JavaScript in the exporter's pod of the first node. */
    async function inExporter(script: string): Promise<string> {
      const pod = await deployment().exporterOf(deployment().nodes[0] ?? '');
      return deployment().kubectl('exec', pod, '--', 'node', '-e', script);
    }

    test('the ServiceAccounts may do what they must, and nothing else', async () => {
      expect(await rightsOf(accountOf('kubemon-recorder'), namespace)).toEqual([
        'daemonsets.apps [kubemon-exporter] [get]',
        'endpoints [] [list watch]',
        'endpointslices.discovery.k8s.io [] [list watch]',
      ]);
      expect(await rightsOf(accountOf('kubemon-exporter'), namespace)).toEqual(['pods [] [list watch]']);
      const account = accountOf('kubemon-recorder');
      const elsewhere = kubectl('auth', 'can-i', 'list', 'endpointslices', '-n', 'default', '--as', account);
      await expect(elsewhere).rejects.toMatchObject({ stdout: 'no\n' });
    });

    test('the exporter has just its two capabilities', async () => {
      const status = await inExporter(`console.log(require('fs').readFileSync('/proc/self/status', 'utf8'))`);
      const [, effective = ''] = /^CapEff:\s*(\w+)$/m.exec(status) ?? [];
      const sysPtrace = 1n << 19n;
      const dacReadSearch = 1n << 2n;
      expect(BigInt(`0x${effective}`)).toBe(sysPtrace | dacReadSearch);
    });

    test('it cannot write to its root file system, to /proc/sys or to the cgroup tree', async () => {
      const attempts = await inExporter(`
        const { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } = require('fs');
        const tried = {};
        const attempt = (name, act) => {
          try { act(); tried[name] = 'written'; } catch (error) { tried[name] = error.code; }
        };
        attempt('/', () => writeFileSync('/written', ''));
        attempt('/app', () => writeFileSync('/app/written', ''));
        const swappiness = '/proc/sys/vm/swappiness';
        attempt(swappiness, () => writeFileSync(swappiness, readFileSync(swappiness)));
        // The kubelet's folders: those above may refuse for other reasons.
        const pods = readdirSync('/host/cgroup', { recursive: true }).filter((path) => /kubepods[^/]*$/.test(path));
        for (const path of pods) {
          const folder = '/host/cgroup/' + path + '/written';
          attempt(path, () => { mkdirSync(folder); rmdirSync(folder); });
        }
        console.log(JSON.stringify(tried));
      `);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as the script above writes it
      const results = JSON.parse(attempts) as Readonly<Record<string, string>>;
      expect(Object.keys(results).filter((path) => path.includes('kubepods'))).not.toEqual([]);
      expect(new Set(Object.values(results))).toEqual(new Set(['EROFS']));
    });

    test('it reads every metric of the table that the kernel has, but system calls', async () => {
      const samples = readExposition(
        await inExporter(
          `fetch('http://127.0.0.1:9822/metrics').then((answer) => answer.text()).then((text) => process.stdout.write(text))`,
        ),
      );
      const there = new Set(samples.map(({ name }) => name));
      const absent = tables
        .flatMap(({ scope, metrics }) =>
          // A limit that nobody has set is absent without a reason.
          metrics.filter(({ unlimited }) => !unlimited).map(({ name }) => prefix(scope) + name),
        )
        .filter((name) => !there.has(name));
      expect(absent).toContain('kubemon_node_syscalls_total');
      for (const name of absent) {
        if (name === 'kubemon_node_syscalls_total') continue;
        const reasons = reasonsFor(name, samples);
        expect(reasons, name).not.toEqual([]);
        expect(
          reasons.filter((reason) => !kernelReasons.has(reason)),
          name,
        ).toEqual([]);
      }
    });

    test('applied again, it changes nothing', async () => {
      expect(await kubectl('diff', '-k', deployment().overlay)).toBe('');
    });

    test('the second command of the README removes all but the namespace and the recordings', async () => {
      const { selector, kinds } = readmeRemoval();
      await deployment().kubectl('delete', '-l', selector, kinds);
      const left = await deployment().kubectl(
        'get',
        `${kinds},pvc,pods`,
        '-l',
        'app.kubernetes.io/part-of=kubemon',
        '-o',
        'name',
      );
      // Pods take a moment to end.
      expect(left.split('\n').filter((name) => !name.startsWith('pod/'))).toEqual([
        'persistentvolumeclaim/kubemon-recordings',
      ]);
      await kubectl('apply', '-k', deployment().overlay);
    });

    test('kubectl delete -k leaves nothing behind', async () => {
      await kubectl('delete', '-k', deployment().overlay, '--timeout=120s');
      const kinds = 'namespace,clusterrole,clusterrolebinding,priorityclass';
      expect(await kubectl('get', kinds, '-l', 'app.kubernetes.io/part-of=kubemon', '-o', 'name')).toBe('');
    });
  },
);

/** What the README's `kubectl delete` that keeps the recordings names. */
function readmeRemoval(): { readonly selector: string; readonly kinds: string } {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const command = /kubectl delete -n kubemon -l '([^']+)' \\\n\s+(\S+)\n/.exec(readme);
  const [, selector = '', kinds = ''] = command ?? [];
  return { selector, kinds };
}

function reasonsFor(metric: string, samples: readonly Sample[]): readonly string[] {
  return samples
    .filter(({ name, labels }) => name === 'kubemon_exporter_unavailable' && labels['metric'] === metric)
    .map(({ labels }) => labels['reason'] ?? '');
}

function accountOf(name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}
