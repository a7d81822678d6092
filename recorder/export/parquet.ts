import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../../exporter/serve/errno.ts';
import type { RunData } from '../read/runData.ts';
import type { Column } from '../run/manifest.ts';

/** What DuckDB may hold in memory while it writes; the rest is up to its buffers. */
const memoryLimit = '1GB';

/** A row is longest in samples.csv: the labels of one series. */
const longestRow = 16 << 20;

const types: Readonly<Record<Column['dtype'], string>> = {
  string: 'VARCHAR',
  Int64: 'BIGINT',
  float64: 'DOUBLE',
  timestamp: 'TIMESTAMPTZ',
};

/**
 * Each CSV file as a Parquet file with the types of run.json. An empty cell is NULL; texts are as they were
 * before they were escaped; what a recorder writes into a column of whole numbers fits into BIGINT.
 * @throws saying what to install where DuckDB is not.
 */
export async function exportParquet(run: RunData, folder: string): Promise<void> {
  const { DuckDBInstance } = await loadDuckDb();
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: memoryLimit,
    temp_directory: join(folder, '.duckdb'),
  });
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    for (const { name, columns } of run.manifest.files) {
      const source = join(folder, `.${name}`);
      // A copy: of a run that is on only a part is whole, and one on a recorder is not here.
      await writeFile(source, run.bytes(name), { flag: 'wx' });
      const target = join(folder, name.replace(/\.csv$/, '.parquet'));
      await connection.run(copyStatement(source, target, columns));
      await rm(source);
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  await rm(join(folder, '.duckdb'), { recursive: true, force: true });
}

/** Not before it is needed: who does not export to Parquet need not have it. */
async function loadDuckDb() {
  try {
    return await import('@duckdb/node-api');
  } catch (error) {
    if (!isErrno(error, 'ERR_MODULE_NOT_FOUND')) throw error;
    throw new Error('Parquet is written by DuckDB, which is not installed: npm install @duckdb/node-api', {
      cause: error,
    });
  }
}

function copyStatement(source: string, target: string, columns: readonly Column[]): string {
  const names = columns.map(({ name, dtype }) => `${quoted(name)}: ${quoted(csvType(dtype))}`);
  const selected = columns.map(({ name, dtype }) => {
    const column = identifier(name);
    if (dtype !== 'string') return `CAST(${column} AS ${types[dtype]}) AS ${column}`;
    return `CASE WHEN regexp_matches(${column}, ${quoted(escapedText)}) THEN substr(${column}, 2) ELSE ${column} END AS ${column}`;
  });
  return `COPY (
    SELECT ${selected.join(', ')}
    FROM read_csv(${quoted(source)}, columns = {${names.join(', ')}}, header = true, auto_detect = false,
      delim = ',', quote = '"', escape = '"', nullstr = '', new_line = '\\n', parallel = false,
      max_line_size = ${longestRow}, buffer_size = ${2 * longestRow})
  ) TO ${quoted(target)} (FORMAT parquet, COMPRESSION zstd)`;
}

/** As the recorder writes them, before they are cast. */
function csvType(dtype: Column['dtype']): string {
  return dtype === 'float64' || dtype === 'timestamp' ? 'VARCHAR' : types[dtype];
}

/** As plainCell of readRows.ts takes it back. */
const escapedText = String.raw`^'[=+\-@\t\r\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]`;

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
