import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { csvFiles } from '../../../recorder/csv/columns.ts';
import { exportFolder } from '../../../recorder/export/exportRun.ts';
import { describeWith, needs } from '../../support/needs.ts';
import { handmadeRun, tick } from '../read/handmadeRun.ts';
import { outputFolder } from '../read/outputFolder.ts';
import { parquetRows, parquetTypes } from '../../support/duckdb.ts';

describeWith([needs.duckdb], 'export to Parquet', () => {
  test('every file has the types of run.json, also without a row', async () => {
    const { path, files } = await exportFolder(handmadeRun({ files: {} }), {
      format: 'parquet',
      output: outputFolder(),
    });
    expect(readdirSync(path).toSorted()).toEqual(
      csvFiles.map(({ name }) => name.replace('.csv', '.parquet')).toSorted(),
    );
    expect(files).toBe(csvFiles.length);
    const types = {
      string: 'VARCHAR',
      Int64: 'BIGINT',
      float64: 'DOUBLE',
      timestamp: 'TIMESTAMP WITH TIME ZONE',
    };
    for (const { name, columns } of csvFiles) {
      expect(await parquetTypes(join(path, name.replace('.csv', '.parquet'))), name).toEqual(
        columns.map((column) => [column.name, types[column.dtype]]),
      );
    }
  });

  test('ids stay text, whole numbers keep their digits, empty is NULL, and texts are as they were', async () => {
    const cells = { timestamp: tick(1.25), collected_at: '1767225601.250001', node: 'n' };
    const texts = ['=1+1', "-bash, 'x'", 'say "hi"\nthere', "'quoted'", 'NULL', '＝1', 'plain'];
    const run = handmadeRun({
      files: {
        'container.csv': texts.map((container) => ({
          ...cells,
          container,
          container_id: '001234567890',
          cpu_usage_seconds_total: '0.1',
          cpu_periods_total: '9223372036854775807',
        })),
        'samples.csv': ['NaN', '+Inf', '-Inf', '1e300', '-0.5'].map((value) => ({
          ...cells,
          metric: 'm',
          labels: '{}',
          value,
        })),
      },
    });
    const { path } = await exportFolder(run, { format: 'parquet', output: outputFolder() });
    const rows = await parquetRows(join(path, 'container.parquet'));
    expect(rows.map((row) => row['container'])).toEqual(texts);
    expect(rows[0]).toMatchObject({
      timestamp: '2026-01-01 00:00:01.25+00',
      collected_at: 1767225601.250001,
      container_id: '001234567890',
      namespace: null,
      cpu_usage_seconds_total: 0.1,
      cpu_periods_total: '9223372036854775807',
      cpu_user_seconds_total: null,
    });
    const samples = await parquetRows(join(path, 'samples.parquet'));
    expect(samples.map((row) => row['value'])).toEqual(['NaN', 'Infinity', '-Infinity', 1e300, -0.5]);
  });

  test('of a run that is on what is whole is exported', async () => {
    const run = handmadeRun({
      files: { 'marks.csv': [{ timestamp: tick(1), label: 'warm' }] },
      state: 'recording',
      torn: { 'marks.csv': '2026-01' },
    });
    const { path } = await exportFolder(run, { format: 'parquet', output: outputFolder() });
    expect(await parquetRows(join(path, 'marks.parquet'))).toEqual([
      { timestamp: '2026-01-01 00:00:01+00', label: 'warm' },
    ]);
    expect(readdirSync(path).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});
