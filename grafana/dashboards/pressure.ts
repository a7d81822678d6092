import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { lines } from './panels.ts';
import { ofContainer, ofNode, rate, type Selectors, sum } from './series.ts';

const resources = [
  { resource: 'cpu', title: 'CPU' },
  { resource: 'memory', title: 'memory' },
  { resource: 'io', title: 'I/O' },
];
const nothing = 'No data: this kernel counts no pressure (PSI).';
const description =
  'Share of the time in which at least one task waited (pressure stall information of the kernel).';

/** Share of the time in which something waited, by node. */
export function nodePressure({ node }: Selectors): readonly Builder<Panel>[] {
  return resources.map(({ resource, title }) =>
    lines({
      title: `Waiting for ${title}`,
      description,
      unit: 'percentunit',
      width: 8,
      nothing,
      queries: [
        { expr: sum(ofNode, rate(node(`pressure_${resource}_waiting_seconds_total`))), legend: '{{node}}' },
      ],
    }),
  );
}

/** By container; a node with cgroup v1, which counts no pressure of containers, is shown as a whole. */
export function containerPressure({ container, node }: Selectors): readonly Builder<Panel>[] {
  return resources.map(({ resource, title }) => {
    const name = `pressure_${resource}_waiting_seconds_total`;
    const whole = sum(ofNode, rate(node(name)));
    return lines({
      title: `Waiting for ${title}`,
      description: `${description} cgroup v1 counts it for the whole node only: a line without a container is that.`,
      unit: 'percentunit',
      width: 8,
      nothing,
      queries: [
        {
          expr: `${sum(ofContainer, rate(container(name)))} or on (${ofNode.join(', ')}) ${whole}`,
          legend: '{{node}} {{pod}} {{container}}',
        },
      ],
    });
  });
}
