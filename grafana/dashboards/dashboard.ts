import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type AnnotationQuery,
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  RowBuilder,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { selectors, type Filter } from './series.ts';
import { datasource, variables } from './variables.ts';

// Every Grafana reads this model, from a file as from a ConfigMap; the newer one needs Grafana 12.
// oxlint-disable-next-line typescript/no-deprecated
export type DashboardModel = ReturnType<DashboardBuilder['build']>;

export interface Row {
  readonly title: string;
  readonly panels: readonly Builder<Panel>[];
}

const tag = 'kubemon';

/** A dashboard with what all of them have: variables, links to the others, runs as annotations. */
export function dashboard(options: {
  /** For good: bookmarks and the links of the others hold it. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly filters: readonly Filter[];
  readonly furtherVariables?: readonly Builder<VariableModel>[];
  readonly rows: readonly Row[];
}): DashboardModel {
  // oxlint-disable-next-line typescript/no-deprecated
  const builder = new DashboardBuilder(options.title)
    .uid(options.uid)
    .description(options.description)
    .tags([tag])
    .time({ from: 'now-30m', to: 'now' })
    .refresh('10s')
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .variables([...variables(options.filters), ...(options.furtherVariables ?? [])])
    .annotation(runs())
    .link(
      new DashboardLinkBuilder(tag)
        .type(DashboardLinkType.Dashboards)
        .tags([tag])
        .includeVars(true)
        .keepTime(true),
    );
  for (const { title, panels } of options.rows) {
    builder.withRow(new RowBuilder(title));
    for (const panel of panels) builder.withPanel(panel);
  }
  const built = builder.build();
  const panels = built.panels?.map((panel, index) => ({ ...panel, id: index + 1 })) ?? [];
  return shownOutside({ ...built, panels });
}

/** The time of each run, shaded. */
function runs(): Builder<AnnotationQuery> {
  const { recorder } = selectors(['cluster']);
  return new AnnotationQueryBuilder()
    .name('Runs')
    .datasource(datasource)
    .enable(true)
    .iconColor('blue')
    .expr(recorder('kubemon_recorder_run_active'))
    .titleFormat('Run {{run}}')
    .tagKeys('run')
    .step('5s');
}

/** The SDK puts links and annotations into a menu of newer Grafanas, and has no word for the bar that they are in elsewhere. */
function shownOutside(built: DashboardModel): DashboardModel {
  const json = JSON.stringify(built, (key, value: unknown) =>
    key === 'placement' && value === 'inControlsMenu' ? undefined : value,
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same without an optional property
  return JSON.parse(json) as DashboardModel;
}
