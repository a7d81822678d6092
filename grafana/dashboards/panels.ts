import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TableSortByFieldStateBuilder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type { DashboardLink, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as LinesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { datasource } from './variables.ts';

export interface Query {
  readonly expr: string;
  /** `{{label}}` stands for a label's value; in a table the heading of the column. */
  readonly legend: string;
  /** Of the scrapes, where they are rarer than the data source says: rates would be empty. */
  readonly interval?: string;
  /** Not stacked onto the other lines of a panel that is. */
  readonly apart?: true;
}

interface Shape {
  readonly title: string;
  readonly description?: string;
  /** One of Grafana's: https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats/categories.ts */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** Of 24 columns. */
  readonly width?: number;
  readonly links?: readonly Builder<DashboardLink>[];
  /** What stands there when there is no data. */
  readonly nothing?: string;
}

// oxlint-disable-next-line unicorn/no-array-sort -- the builder's, not an array's
const tooltip = new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending);

/** Lines over time, with last value and maximum in the legend; `signed` ones may be below 0, and have their minimum, too. */
export function lines(
  shape: Shape & { readonly stacked?: true; readonly signed?: true; readonly max?: number },
): Builder<Panel> {
  const builder = new LinesBuilder()
    .title(shape.title)
    .datasource(datasource)
    .unit(shape.unit)
    .height(8)
    .span(shape.width ?? 12)
    .lineWidth(1)
    .fillOpacity(shape.stacked === true ? 40 : 5)
    .showPoints(VisibilityMode.Never)
    .noValue(shape.nothing ?? 'No data')
    .dataLinks([...(shape.links ?? [])])
    .targets(rangeQueries(shape.queries))
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(shape.signed === true ? ['lastNotNull', 'min', 'max'] : ['lastNotNull', 'max']),
    )
    .tooltip(tooltip);
  if (shape.description !== undefined) builder.description(shape.description);
  if (shape.signed !== true) builder.min(0);
  if (shape.max !== undefined) builder.max(shape.max);
  if (shape.stacked === true) builder.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
  for (const [index, { apart }] of shape.queries.entries()) {
    if (apart === true)
      builder.overrideByQuery(refId(index), [
        { id: 'custom.stacking', value: { mode: StackingMode.None } },
        { id: 'custom.fillOpacity', value: 0 },
      ]);
  }
  return builder;
}

/** The latest value, large. */
export function stat(shape: Shape): Builder<Panel> {
  const builder = new StatBuilder()
    .title(shape.title)
    .datasource(datasource)
    .unit(shape.unit)
    .height(4)
    .span(shape.width ?? 4)
    .colorMode(BigValueColorMode.None)
    .graphMode(BigValueGraphMode.None)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields(''))
    .noValue(shape.nothing ?? 'No data')
    .targets(shape.queries.map((query, index) => dataquery(query, index).instant()));
  if (shape.description !== undefined) builder.description(shape.description);
  return builder;
}

/** A colour for as long as a series is there. */
export function timeline(shape: Shape): Builder<Panel> {
  const builder = new TimelineBuilder()
    .title(shape.title)
    .datasource(datasource)
    .unit(shape.unit)
    .height(6)
    .span(shape.width ?? 24)
    .mergeValues(true)
    .showValue(VisibilityMode.Never)
    .noValue(shape.nothing ?? 'No data')
    .targets(rangeQueries(shape.queries));
  if (shape.description !== undefined) builder.description(shape.description);
  return builder;
}

/** What a column shows beside the labels: a query, whose legend is the heading. */
interface Column extends Query {
  readonly unit: string;
}

/** A row for each set of labels that the queries have in common, the largest of the first column on top. */
export function table(
  shape: Omit<Shape, 'queries' | 'unit'> & {
    readonly columns: readonly Column[];
    /** Labels that are not shown. */
    readonly hidden?: readonly string[];
  },
): Builder<Panel> {
  const { columns } = shape;
  // With one query Grafana calls the column Value, with more Value #A and so on.
  const heading = (index: number) => (columns.length === 1 ? 'Value' : `Value #${refId(index)}`);
  const hidden = Object.fromEntries(['Time', ...(shape.hidden ?? [])].map((name) => [name, true]));
  const names = Object.fromEntries(columns.map(({ legend }, index) => [heading(index), legend]));
  const builder = new TableBuilder()
    .title(shape.title)
    .datasource(datasource)
    .height(9)
    .span(shape.width ?? 24)
    .filterable(true)
    .noValue(shape.nothing ?? '')
    .dataLinks([...(shape.links ?? [])])
    .targets(columns.map((query, index) => dataquery(query, index).instant().format(PromQueryFormat.Table)))
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({ id: 'organize', options: { excludeByName: hidden, renameByName: names } })
    .sortBy([new TableSortByFieldStateBuilder().displayName(columns[0]?.legend ?? '').desc(true)]);
  for (const { legend, unit } of columns) builder.overrideByName(legend, [{ id: 'unit', value: unit }]);
  if (shape.description !== undefined) builder.description(shape.description);
  return builder;
}

function rangeQueries(queries: readonly Query[]): DataqueryBuilder[] {
  return queries.map((query, index) => dataquery(query, index).range());
}

function dataquery({ expr, legend, interval }: Query, index: number): DataqueryBuilder {
  const builder = new DataqueryBuilder().refId(refId(index)).expr(expr).legendFormat(legend);
  if (interval !== undefined) builder.interval(interval);
  return builder.datasource(datasource);
}

/** A, B, C: what Grafana calls the queries of a panel. */
function refId(index: number): string {
  return 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.charAt(index);
}
