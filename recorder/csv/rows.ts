import { stringify } from 'csv-stringify/sync';
import type { Answer, Row } from '../scrape/answer.ts';
import type { CsvFile, CsvFileName } from './columns.ts';
import type { RunFileName } from './resumeLog.ts';

/** Whole lines of one file. Count by `rows`: a quoted cell may hold line breaks. */
export interface Lines {
  readonly file: RunFileName;
  readonly text: string;
  readonly rows: number;
}

export interface CsvLines extends Lines {
  readonly file: CsvFileName;
}

/** When and where an Answer was scraped. */
export interface Moment {
  /** The tick, in seconds since the epoch. */
  readonly timestamp: number;
  /** kubemon_exporter_collected_timestamp_seconds as scraped. */
  readonly collectedAt: string | undefined;
  readonly node: string;
  readonly target: string;
}

/**
 * A cell; undefined is empty. Text is quoted as RFC 4180 says, and text that a spreadsheet would take
 * for a formula (it begins with = + - @ tab or CR) gets a leading apostrophe. Numbers have no such.
 */
export type Cell = string | number | undefined;

/** Lines end in LF, as the other tools of the system write them; RFC 4180 readers take either. */
export function csvText(rows: readonly (readonly Cell[])[]): string {
  return stringify([...rows], { escape_formulas: true });
}

export function header(file: CsvFile): string {
  return csvText([file.columns.map(({ name }) => name)]);
}

/** Seconds since the epoch as 2026-01-02T03:04:05.678Z. */
export function isoTime(seconds: number): string {
  return new Date(Math.round(seconds * 1000)).toISOString();
}

/** Rows and samples of one answer, or some of them. */
export type AnswerPart = Pick<Answer, 'rows' | 'others'>;

/**
 * Answers to lines: of every table's file, in the order of the tables' first rows, and of samples.csv.
 * One writer a run: it remembers the cells of the things that it has written. Values go through as scraped, NaN and +Inf
 * too (pandas reads both); absent is empty.
 */
export function createAnswerWriter(): (answer: AnswerPart, moment: Moment) => readonly CsvLines[] {
  const labelCells = remembered((labels: Row['labels']) => (labels.length === 0 ? '' : `,${cells(labels)}`));
  const placeCells = rememberedTexts((place: string) => cells([place]));
  const labelsJson = remembered((labels: Readonly<Record<string, string>>) => cells([sortedJson(labels)]));

  return (answer, moment) => {
    const { node, target } = moment;
    const time = isoTime(moment.timestamp);
    const files = new Map<CsvFileName, { text: string; rows: number }>();
    function linesOf(name: CsvFileName): { text: string; rows: number } {
      let lines = files.get(name);
      if (lines === undefined) files.set(name, (lines = { text: '', rows: 0 }));
      return lines;
    }
    const rowStart = `${time},${moment.collectedAt ?? ''},${placeCells(node)}`;
    for (const row of answer.rows) {
      const lines = linesOf(`${row.table.name}.csv`);
      lines.text += `${rowStart}${labelCells(row.labels)},${row.text}\n`;
      lines.rows++;
    }
    const sampleStart = `${time},${placeCells(node)},${placeCells(target)}`;
    for (const { metric, labels, value } of answer.others) {
      const lines = linesOf('samples.csv');
      lines.text += `${sampleStart},${metric},${labelsJson(labels)},${value}\n`;
      lines.rows++;
    }
    return Array.from(files, ([file, { text, rows }]) => ({ file, text, rows }));
  };
}

/** Text that is never quoted or escaped: what nearly all labels are. A call of csv-stringify costs some microseconds. */
const plainText = /^(?:[a-zA-Z0-9][\w.:/-]*)?$/;

/** Cells of one line, without its end. */
function cells(values: readonly string[]): string {
  return values.every((value) => plainText.test(value)) ? values.join(',') : csvText([values]).slice(0, -1);
}

/** The parser gives the same labels object for the same series again: its text is made once. */
function remembered<Key extends object>(make: (key: Key) => string): (key: Key) => string {
  const texts = new WeakMap<Key, string>();
  return (key) => {
    let text = texts.get(key);
    if (text === undefined) texts.set(key, (text = make(key)));
    return text;
  };
}

/** The same of names, of which there are no more than nodes and targets. */
function rememberedTexts(make: (key: string) => string): (key: string) => string {
  const texts = new Map<string, string>();
  return (key) => {
    let text = texts.get(key);
    if (text === undefined) texts.set(key, (text = make(key)));
    return text;
  };
}

function sortedJson(labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels).toSorted();
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, labels[name]])));
}
