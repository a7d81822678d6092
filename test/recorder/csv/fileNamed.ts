import { type CsvFile, type CsvFileName, csvFiles } from '../../../recorder/csv/columns.ts';

export function fileNamed(name: CsvFileName): CsvFile {
  const file = csvFiles.find((candidate) => candidate.name === name);
  if (file === undefined) throw new Error(`There is no ${name}.`);
  return file;
}
