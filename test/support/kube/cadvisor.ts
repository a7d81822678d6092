import { kubectl } from './kubectl.ts';

/** One reading of one counter by the kubelet's cAdvisor. */
export interface CadvisorSample {
  /** cadvisor's name: container_cpu_usage_seconds_total. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Just after it was read from the kernel, in seconds since the epoch. */
  readonly time: number;
}

/** What the kubelet of a node tells of its containers: a second, independent reader of the same kernel. */
export async function readCadvisor(node: string): Promise<readonly CadvisorSample[]> {
  const text = await kubectl('get', '--raw', `/api/v1/nodes/${node}/proxy/metrics/cadvisor`);
  return text.split('\n').flatMap((line) => {
    const [, name, labelText = '', value, time] = /^(container_\w+)\{(.*)\} (\S+) (\d+)$/.exec(line) ?? [];
    if (name === undefined) return [];
    const labels = Object.fromEntries(
      Array.from(labelText.matchAll(/(\w+)="([^"]*)"/g), ([, label = '', content = '']) => [label, content]),
    );
    return [{ name, labels, value: Number(value), time: Number(time) / 1000 }];
  });
}
