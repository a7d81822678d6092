import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { DashboardModel } from '../../grafana/dashboards/dashboard.ts';
import { dashboards } from '../../grafana/dashboards/index.ts';

/** What a dashboard asks Prometheus. */
export interface DashboardQuery {
  /** The file's name without `.json`. */
  readonly dashboard: string;
  /** The panel's title; `variable NAME`, `annotation NAME`. */
  readonly place: string;
  readonly kind: 'panel' | 'variable' | 'annotation';
  readonly expr: string;
  /** Labels that the legend, or the variable, shows. */
  readonly labels: readonly string[];
  /** Of the scrapes, where it is not that of the data source. */
  readonly interval?: string;
}

export function allQueries(): readonly DashboardQuery[] {
  return Object.entries(dashboards).flatMap(([name, dashboard]) => queriesOf(name, dashboard));
}

/** The panels of a dashboard, without the headings between them. */
export function panelsOf({ panels = [] }: DashboardModel): readonly Panel[] {
  return panels.filter((panel): panel is Panel => panel.type !== 'row');
}

function queriesOf(name: string, dashboard: DashboardModel): readonly DashboardQuery[] {
  const ofPanels = panelsOf(dashboard).flatMap(({ title = '', targets = [] }) =>
    targets.map((target) => {
      const { expr, legendFormat, interval } = textsOf(target);
      const labels = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
      return {
        dashboard: name,
        place: title,
        kind: 'panel' as const,
        expr,
        labels,
        ...(interval !== '' && { interval }),
      };
    }),
  );
  const ofVariables = (dashboard.templating.list ?? []).flatMap(({ name: variable, definition }) => {
    const [, selector, label = ''] = /^label_values\((.*), (\w+)\)$/.exec(definition ?? '') ?? [];
    return selector === undefined
      ? []
      : [
          {
            dashboard: name,
            place: `variable ${variable}`,
            kind: 'variable' as const,
            expr: `group by (${label}) (${selector})`,
            labels: [label],
          },
        ];
  });
  const ofAnnotations = (dashboard.annotations.list ?? []).map((annotation) => ({
    dashboard: name,
    place: `annotation ${annotation.name}`,
    kind: 'annotation' as const,
    expr: annotation.expr ?? '',
    labels: [annotation.tagKeys ?? ''],
  }));
  return [...ofPanels, ...ofVariables, ...ofAnnotations];
}

function textsOf(target: object) {
  const text = (key: string) => ('expr' in target && key in target ? String(Reflect.get(target, key)) : '');
  return { expr: text('expr'), legendFormat: text('legendFormat'), interval: text('interval') };
}

/**
 * What Grafana makes of a query: its variables by their values, `.*` where none is given, as where All is
 * chosen, and its macros as it would fill them in for a graph of that many seconds' steps.
 */
export function filledIn(
  expr: string,
  seconds: number,
  values: Readonly<Record<string, string>> = {},
): string {
  return expr
    .replaceAll(/\$__(rate_interval|range|interval)\b/g, `${Math.round(seconds * 1000)}ms`)
    .replaceAll('$top', '10')
    .replaceAll(/\$(\w+)/g, (_, name: string) => values[name] ?? '.*');
}
