import type { BenchOptions, PartReport } from '../report.ts';
import type { Place } from './measureRun.ts';

/** What one question adds to the report. */
export type Section = Pick<PartReport, 'figures' | 'tables'> & Partial<Pick<PartReport, 'plots' | 'notes'>>;

export type SectionOptions = BenchOptions & Place;
