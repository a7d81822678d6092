import type { Part } from '../report.ts';
import { capacity } from './capacity.ts';
import { growth } from './growth.ts';
import { lateDaemon } from './lateDaemon.ts';
import { recordExposition } from './recordExposition.ts';
import { throughput } from './throughput.ts';

export const recorder: Part = {
  name: 'recorder',
  needs: ['prometheus'],
  run: async (options) => {
    const place = { ...options, recorded: await recordExposition(options.scratch) };
    const speed = await throughput(place);
    const sections = [
      speed,
      await capacity(place),
      await lateDaemon(place, speed.alone),
      await growth(place),
    ];
    return {
      title: 'Recorder',
      figures: sections.flatMap(({ figures }) => figures),
      tables: sections.flatMap(({ tables }) => tables),
      plots: sections.flatMap(({ plots = [] }) => plots),
      notes: [
        ...sections.flatMap(({ notes = [] }) => notes),
        'That memory stays flat over 90,000 ticks is held by `npm run soak -- test/soak/ticks`, with an injected clock.',
      ],
    };
  },
};
