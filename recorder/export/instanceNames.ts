import type { TableName } from '../../exporter/metrics/spec.ts';
import type { CsvCells } from '../csv/readRows.ts';
import type { RunData } from '../read/runData.ts';

/** How the original kubemon calls the files of its instances. */
export interface InstanceNames {
  /** The file of the instance that a row of the table is about: `<Monitor>_<host>_<ip>[_<container>_<pid>].csv` */
  pathsOf(table: TableName, monitor: string): (cells: CsvCells) => string;
}

/** Reads process.csv through: the original calls a container by its first process. */
export async function createInstanceNames(run: RunData): Promise<InstanceNames> {
  const addresses = new Map(
    run.manifest.daemons.map(({ node, address }) => [node, hostOf(address).replaceAll('.', '_')]),
  );
  const firstProcesses = await readFirstProcesses(run);

  return {
    pathsOf(table, monitor) {
      const cellOf = cellsOf(run, `${table}.csv`);
      /** By path, of whom it is: two names may be written the same way. */
      const owners = new Map<string, string>();
      return (cells) => {
        const cell = cellOf(cells);
        const node = cell('node');
        const words = [monitor, node, addresses.get(node) ?? ''];
        const id = cell('container_id');
        if (table !== 'node') {
          const pid = table === 'process' ? cell('pid') : firstProcesses.get(`${node}\n${id}`)?.pid;
          words.push(cell('container') === '' ? id : cell('container'), pid ?? '');
        }
        const path = words.map(word).join('_');
        const owner = `${node}\n${id}`;
        if (!owners.has(path)) owners.set(path, owner);
        return owners.get(path) === owner ? `${path}.csv` : `${path}_${word(id)}.csv`;
      };
    },
  };
}

interface FirstProcess {
  readonly pid: string;
  readonly start: number;
}

/** The oldest process of each container. */
async function readFirstProcesses(run: RunData): Promise<ReadonlyMap<string, FirstProcess>> {
  const cellOf = cellsOf(run, 'process.csv');
  const found = new Map<string, FirstProcess>();
  for await (const rows of run.rows('process.csv')) {
    for (const cells of rows) {
      const cell = cellOf(cells);
      const key = `${cell('node')}\n${cell('container_id')}`;
      const start = Number(cell('start_time_seconds') || Infinity);
      const known = found.get(key);
      if (known === undefined || start < known.start) found.set(key, { pid: cell('pid'), start });
    }
  }
  return found;
}

function cellsOf(run: RunData, name: string): (cells: CsvCells) => (column: string) => string {
  const places = new Map(run.file(name)?.columns.map((column, index) => [column.name, index]));
  return (cells) => (column) => cells[places.get(column) ?? -1] ?? '';
}

/** host:port or [host]:port without the port. */
function hostOf(address: string): string {
  return address.replace(/:\d+$/, '').replaceAll(/[[\]]/g, '');
}

/** What may stand in the name of a file. */
function word(text: string): string {
  return text.replaceAll(/[^\w.-]/g, '_').slice(0, 80);
}
