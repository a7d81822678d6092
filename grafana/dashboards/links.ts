import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { type DashboardLink, DashboardLinkBuilder } from '@grafana/grafana-foundation-sdk/dashboard';

/** Where a line, and a cell of a table, keeps a label's value. */
const places = { line: '__field.labels', cell: '__data.fields' };

/** From a node to its dashboard. */
export function nodeLink(place: keyof typeof places): Builder<DashboardLink> {
  return link('kubemon-node', 'Node ', place, ['node']);
}

/** From a container, which its id tells apart for sure, to its dashboard and its processes. */
export function containerLinks(place: keyof typeof places): readonly Builder<DashboardLink>[] {
  return [link('kubemon-container', 'Container ', place, ['node', 'container_id']), processLink(place)];
}

export function processLink(place: keyof typeof places): Builder<DashboardLink> {
  return link('kubemon-process', 'Processes of ', place, ['node', 'container_id']);
}

function link(
  uid: string,
  title: string,
  place: keyof typeof places,
  labels: readonly string[],
): Builder<DashboardLink> {
  const value = (label: string) => `\${${places[place]}.${label}}`;
  const filled = labels.map((label) => `var-${label}=${value(label)}`);
  const parameters = ['${datasource:queryparam}', '${cluster:queryparam}', ...filled, '${__url_time_range}'];
  return new DashboardLinkBuilder(title + value(labels.at(-1) ?? '')).url(
    `/d/${uid}?${parameters.join('&')}`,
  );
}
