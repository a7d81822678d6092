import { alignment } from './alignment/alignment.ts';
import { exporter } from './exporter/part.ts';
import { recorder } from './recorder/part.ts';
import type { Part } from './report.ts';
import { shards } from './shards/part.ts';

/** In the order in which they run: one at a time, so that none disturbs another. */
export const parts: readonly Part[] = [exporter, recorder, shards, alignment];
