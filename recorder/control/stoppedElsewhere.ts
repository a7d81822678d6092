import { isoTime } from '../csv/rows.ts';
import { Refusal } from '../refusal.ts';

/** This recorder does not record the run that is on; all others end it. */
export class StoppedElsewhere extends Refusal {
  readonly run: string;
  /** The last tick, in seconds since the epoch. */
  readonly last: number;

  constructor(run: string, last: number) {
    super(409, `Run ${run} is not on in this recorder, and ends in all others behind ${isoTime(last)}.`);
    this.run = run;
    this.last = last;
  }
}
