import { DuckDBInstance, type Json } from '@duckdb/node-api';

/** The rows of a Parquet file, by column; times and large numbers as text. */
export async function parquetRows(path: string): Promise<readonly Readonly<Record<string, Json>>[]> {
  return query(`SELECT * FROM '${path}'`);
}

/** Names and types of its columns. */
export async function parquetTypes(path: string): Promise<readonly (readonly [Json, Json])[]> {
  const rows = await query(`DESCRIBE SELECT * FROM '${path}'`);
  return rows.map((row) => [row['column_name'] ?? null, row['column_type'] ?? null]);
}

/** What DuckDB answers. @param folder where files with relative names are. */
export async function query(sql: string, folder = '/'): Promise<readonly Readonly<Record<string, Json>>[]> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    await connection.run(`SET TimeZone = 'UTC'; SET file_search_path = '${folder}'`);
    const reader = await connection.runAndReadAll(sql);
    return reader.getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
