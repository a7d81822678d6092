import { type CommitRecord, journalName } from '../csv/journal.ts';
import { manifestName } from '../csv/makeFolder.ts';
import { isoTime } from '../csv/rows.ts';
import type { Manifest } from '../run/manifest.ts';
import { compareProgress } from './compareFigures.ts';
import type { Figures } from './figures.ts';
import type { Finding } from './finding.ts';

/** The run.json of a run that is not stopped: it tells what the run had come to some ticks ago. */
export interface EarlierFigures {
  /** All files were read as far as this record says. */
  commit(record: CommitRecord): void;
  /** What it tells that was so at no commit. */
  findings(): readonly Finding[];
}

export function createEarlierFigures(manifest: Manifest, figures: Figures): EarlierFigures {
  const { last } = manifest.ticks;
  const lengths = new Map(manifest.files.filter(({ bytes }) => bytes > 0).map((file) => [file.name, file]));
  const ends = new Map<string, number>();
  let differences: readonly string[] | undefined;
  let lastTick: string | undefined;

  /** Where not every tick is synced, a power cut takes rows of which run.json may have told already. */
  function ahead(sentence: string): Finding {
    const isTaken = manifest.settings.intervalSeconds < 1;
    return {
      file: manifestName,
      severity: isTaken ? 'note' : 'damage',
      sentence: isTaken ? `${sentence}. A power cut may have taken what follows` : sentence,
    };
  }

  return {
    commit({ tick, files }) {
      for (const [name, { bytes, rows }] of Object.entries(files)) {
        ends.set(name, bytes);
        const told = lengths.get(name);
        if (told?.bytes === bytes && told.rows === rows) lengths.delete(name);
      }
      lastTick = tick === null ? undefined : isoTime(tick);
      if (lastTick !== last || differences?.length === 0) return;
      // The last tick before the recorder was asked to end may be followed by rows that belong to none.
      differences = compareProgress(manifest, figures);
    },
    findings() {
      const isAhead = last !== undefined && (lastTick === undefined || lastTick < last);
      if (isAhead) {
        return [
          ahead(`tells of the tick ${last}, but ${journalName} ends with ${lastTick ?? 'the headers'}`),
        ];
      }
      const sentences =
        differences ??
        (last === undefined ? [] : [`ticks.last is ${last}, which is no tick of ${journalName}`]);
      return [
        ...sentences.map(damage),
        ...Array.from(lengths.values(), ({ name, bytes, rows }) => {
          const sentence = `says that ${name} had ${bytes} bytes and ${rows} rows, which is so at no commit in ${journalName}`;
          return bytes > (ends.get(name) ?? 0) ? ahead(sentence) : damage(sentence);
        }),
      ];
    },
  };
}

function damage(sentence: string): Finding {
  return { file: manifestName, severity: 'damage', sentence };
}
