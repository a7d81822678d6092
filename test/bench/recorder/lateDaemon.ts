import { type LoadResult, loadResult } from './loadResult.ts';
import { loadTable } from './loadTable.ts';
import { measureRun } from './measureRun.ts';
import { count, percent } from './numbers.ts';
import type { Section, SectionOptions } from './section.ts';

/** What one daemon that never answers in time costs the others. @param alone the same load without it. */
export async function lateDaemon(options: SectionOptions, alone: LoadResult): Promise<Section> {
  const { quick, say } = options;
  say('one daemon that answers late');
  const interval = 1;
  const load = {
    daemons: alone.daemons,
    samples: 2000,
    interval,
    compressed: true,
    churn: 0,
    ticks: quick ? 3 : 15,
    // After the timeout, which is 0.8 of the interval.
    late: { daemons: 1, seconds: 0.9 * interval },
  };
  const beside = await measureRun(load, options, (run) => loadResult(run, quick ? 1 : 5));
  return {
    figures: [
      {
        what: 'One daemon that answers late: scrapes that the others lose',
        measured: `${count(beside.missed)} of ${count(beside.ticks * (load.daemons - 1))}`,
        ratio: `${count(alone.missed)} without it; asked before T ${percent(beside.askedInTime, 2)} and ${percent(alone.askedInTime, 2)}`,
        goal: '0',
        isMet: beside.missed === 0,
      },
    ],
    tables: [
      loadTable('One daemon that answers late', 'daemons', [
        { ...alone, name: `${alone.daemons} in time` },
        { ...beside, name: `${load.daemons - 1} in time, 1 late` },
      ]),
    ],
    notes: [
      'A tick with a daemon that is late is committed when the timeout has passed, since it is one record of all; `missed` is of the others.',
    ],
  };
}
