import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Answer } from '../../../recorder/scrape/answer.ts';
import { createAnswerReader } from '../../../recorder/scrape/exposition.ts';
import { parseAs } from './parseAs.ts';

const broken = 'broken\n';

const bodies = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 300 }),
    fc.nat({ max: 1 << 20 }),
    fc.constantFrom('', '', '', '# HELP é no more\n', broken),
  )
  .map(([pids, number, end]) => {
    const linesOf = (name: string) =>
      pids.map((pid) => {
        const labels = `{container_id="c{",pid="${pid}",comm="é"}`;
        return `kubemon_process_${name}${labels} ${number + pid * (pid % 3)}\n`;
      });
    return [...linesOf('threads'), ...linesOf('page_faults_total'), end].join('');
  });

/** A body, which of two readers reads it, and after how many steps it is broken off. */
const scrapes = fc.array(
  fc.record({
    reader: fc.constantFrom(0, 1),
    text: bodies,
    steps: fc.oneof({ weight: 2, arbitrary: fc.constant(Infinity) }, fc.integer({ min: 1, max: 8 })),
  }),
  { minLength: 2, maxLength: 12 },
);

interface Reading {
  readonly text: string;
  readonly steps: Generator<void, Answer>;
  left: number;
}

type Told = Answer | 'broken' | 'broken off';

/** One more step; undefined: it is not over. */
function step(reading: Reading): Told | undefined {
  const { steps } = reading;
  if (reading.left-- === 0) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nobody looks at what it returns
    steps.return({} as Answer);
    return 'broken off';
  }
  try {
    const { done, value } = steps.next();
    return done === true ? value : undefined;
  } catch {
    return 'broken';
  }
}

/** What a new reader says of the body. */
function expected(text: string, told: Told): Told {
  if (told === 'broken off') return told;
  return text.endsWith(broken) ? 'broken' : parseAs('daemon', text);
}

test('readers that take turns, are broken off and meet broken bodies disturb no answer', () => {
  fc.assert(
    fc.property(scrapes, (all) => {
      const readers = [0, 1].map((reader) => ({
        read: createAnswerReader({ role: 'daemon', maxSamples: 2000 }),
        waiting: all.filter((each) => each.reader === reader),
      }));
      const working = new Map<number, Reading>();
      const told: (readonly [Told, Told])[] = [];
      for (let turn = 0; working.size > 0 || readers.some(({ waiting }) => waiting.length > 0); turn++) {
        const reader = readers[turn % 2];
        const next = working.has(turn % 2) ? undefined : reader?.waiting.shift();
        if (reader !== undefined && next !== undefined) {
          const { text, steps } = next;
          working.set(turn % 2, { text, steps: reader.read(Buffer.from(text)), left: steps });
        }
        const reading = working.get(turn % 2);
        const end = reading && step(reading);
        if (reading === undefined || end === undefined) continue;
        working.delete(turn % 2);
        told.push([end, expected(reading.text, end)]);
      }
      expect(told).toHaveLength(all.length);
      expect(told.map(([is]) => is)).toEqual(told.map(([, shouldBe]) => shouldBe));
    }),
    { numRuns: 40 },
  );
});
