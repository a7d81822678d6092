import { csvFiles } from '../csv/columns.ts';
import { journalName } from '../csv/journal.ts';
import { manifestName } from '../csv/makeFolder.ts';

const visible: ReadonlySet<string> = new Set([
  manifestName,
  journalName,
  ...csvFiles.map(({ name }) => name),
]);

/** Whether kubemon writes files of that name in a run's folder; its hidden ones are `.run.json` and `.resume.…`. */
export function isFileOfRun(name: string): boolean {
  return visible.has(name) || name === `.${manifestName}` || /^\.resume\.[\w.]*jsonl$/.test(name);
}
