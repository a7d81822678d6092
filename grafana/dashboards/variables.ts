import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  CustomVariableBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
  VariableSort,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { type Filter, selectors } from './series.ts';

/** The Prometheus that the variable `datasource` chooses. */
export const datasource = { type: 'prometheus', uid: '${datasource}' };

/** Several or all of a label's values, of those series that the variables before it leave. */
const all = { text: 'All', value: '$__all' };

/** The variables of a dashboard: the data source, and its filters, each narrowed by those before it. */
export function variables(filters: readonly Filter[]): readonly Builder<VariableModel>[] {
  return [
    new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'),
    ...filters.map((filter, index) => variable(filter, filters.slice(0, index))),
  ];
}

function variable(filter: Filter, before: readonly Filter[]): Builder<VariableModel> {
  // By id one container is looked at: the links of other dashboards fill it in, nobody chooses one of a list.
  if (filter === 'container_id')
    return new TextBoxVariableBuilder(filter).label('Container id').defaultValue('.*');
  const { node, container } = selectors(before);
  const ofNode = filter === 'cluster' || filter === 'node';
  const query = `label_values(${(ofNode ? node : container)('info')}, ${filter})`;
  return (
    new QueryVariableBuilder(filter)
      .label(filter.charAt(0).toUpperCase() + filter.slice(1))
      .datasource(datasource)
      .query({ query, refId: filter })
      .definition(query)
      .refresh(VariableRefresh.OnTimeRangeChanged)
      // oxlint-disable-next-line unicorn/no-array-sort -- the builder's, not an array's
      .sort(VariableSort.NaturalAsc)
      .multi(true)
      .includeAll(true)
      // A label may be missing: a Prometheus of one cluster has no `cluster`, a container of Docker no `pod`.
      .allValue('.*')
      .current(all)
  );
}

/** How many of the busiest are shown. */
export function topVariable(): Builder<VariableModel> {
  return new CustomVariableBuilder('top')
    .label('Busiest')
    .values('5,10,20,50')
    .current({ text: '10', value: '10' });
}
