import { baseUnit, columnName, infos, prefix, tables } from '../../exporter/metrics/index.ts';
import type { Metric, Source, Table } from '../../exporter/metrics/spec.ts';
import { type Explanation, reasons } from '../../exporter/source/unavailable.ts';

/** METRICS.md: the metric table as a page. */
export function metricsDocument(): string {
  return `# Metrics

Everything that an exporter shows on \`/metrics\`, and in which CSV file and column a recorder writes it. This page is made from the table in \`exporter/metrics\`: change the table, then \`npm run metrics\`.

- Names begin with \`kubemon_node_\`, \`kubemon_container_\` or \`kubemon_process_\`; in the CSV files they do not.
- Values are in seconds, bytes or plain counts, and exact: what the kernel counts, in decimal. Counters end in \`_total\`.
- A metric that this kernel, cgroup version or permission does not give has no sample, never 0; \`kubemon_exporter_unavailable{metric,reason}\` says why ([reasons](#why-a-metric-is-missing)).
- Sources are files of the kernel and the field in them. "v1" and "v2" are the versions of cgroups.

${tables.map((table) => tableSection(table)).join('\n')}
## Descriptions

Constant 1, with what describes a thing in the labels. In the recordings: \`run.json\` (daemons) and \`containers.csv\`.

| metric | labels | |
| --- | --- | --- |
${infos
  .map(({ scope, info, labels }) =>
    row([code(prefix(scope) + info.name), codes([...labels, ...info.labels]), info.help]),
  )
  .join('\n')}

## Why a metric is missing

| reason | | what to do |
| --- | --- | --- |
${Object.entries<Explanation>(reasons)
  .map(([word, { sentence, advice }]) => row([code(word), sentence, advice]))
  .join('\n')}
`;
}

function tableSection({ name, scope, labels, metrics }: Table): string {
  const identity = labels.length === 0 ? 'No labels.' : `Labels: ${codes(labels)}.`;
  return `## ${name}.csv

Metrics \`${prefix(scope)}…\`. ${identity}

| column | type | unit | source | |
| --- | --- | --- | --- | --- |
${metrics.map((metric) => row([nameCell(metric), metric.type, baseUnit(metric) ?? '', sourceCell(metric), metric.help])).join('\n')}
`;
}

function nameCell(metric: Metric): string {
  const column = code(columnName(metric));
  return metric.mode === undefined
    ? column
    : `${column}, metric ${code(`${metric.name}{mode="${metric.mode}"}`)}`;
}

function sourceCell({ source: { v1, v2 } }: Metric): string {
  if (v1 !== undefined && v1 === v2) return place(v1);
  return [v1 && `v1: ${place(v1)}`, v2 && `v2: ${place(v2)}`].filter(Boolean).join('; ');
}

function place([file, field]: Source): string {
  if (file === 'computed') return 'computed';
  return field === 'value' ? code(file) : `${code(file)} ${field}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function codes(words: readonly string[]): string {
  return words.map(code).join(', ');
}

function code(text: string): string {
  return `\`${text}\``;
}
