import type { Section, SectionOptions } from './section.ts';
import { latestCommit, loadResult } from './loadResult.ts';
import { loadTable } from './loadTable.ts';
import { measureRun } from './measureRun.ts';
import { count, megabytes, milliseconds, percent } from './numbers.ts';

/** A thousand nodes on one recorder. */
export async function capacity(options: SectionOptions): Promise<Section> {
  const { quick, say } = options;
  const load = {
    daemons: quick ? 5 : 1000,
    samples: 2000,
    interval: quick ? 1 : 5,
    compressed: true,
    churn: 0,
    ticks: quick ? 3 : 24,
  };
  say(`${load.daemons} daemons x ${load.samples} samples every ${load.interval} s`);
  const result = await measureRun(load, options, (run) => loadResult(run, 1));
  const { daemons, askedInTime, committed, missed, highest, ticks } = result;
  const latest = latestCommit * load.interval;
  const name = `${count(daemons)} daemons`;
  return {
    figures: [
      {
        what: `${name}: the request is at the daemon before T`,
        measured: percent(askedInTime, 2),
        goal: '99.9 %',
        isMet: askedInTime >= 0.999,
      },
      {
        what: `${name}: the slowest tick is committed after`,
        measured: milliseconds(committed.worst),
        ratio: `${(committed.worst / load.interval).toFixed(2)} x the interval`,
        goal: milliseconds(latest),
        isMet: committed.worst <= latest,
      },
      {
        what: `${name}: scrapes missed of ${count(ticks * daemons)}`,
        measured: count(missed),
        goal: '0',
        isMet: missed === 0,
      },
      {
        what: `${name}: peak memory`,
        measured: megabytes(highest),
        goal: 'below 1,000 MB',
        isMet: highest < 1e9,
      },
      {
        what: `${name}: scrapes missed of the first tick`,
        measured: `${count(result.firstMissed)} of ${count(daemons)}`,
      },
    ],
    tables: [loadTable('Capacity', 'daemons', [{ ...result, name: count(daemons) }])],
    notes: [
      `Capacity: ${name} with ${load.samples} samples each, every ${load.interval} s, for ${load.ticks} ticks; all but the first count. The recorder is there for a minute before, as it is for users, in which it reads what it will scrape. They answer compressed, as on a network. Whether a request came before T is measured at the daemon.`,
    ],
  };
}
