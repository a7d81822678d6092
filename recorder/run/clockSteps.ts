/** A jump of the wall clock by less is not told from being read late; in seconds. */
export const smallestStep = 0.05;
/** The kernel's limit for slewing a clock, as a share of the time that passes (adjtimex(2): 500 ppm). */
const slewRate = 0.0005;

/**
 * Finds steps of the recorder's wall clock: a change of its distance to the run's time scale, in
 * seconds, that slewing cannot explain. Called with both on every tick; returns the step's length.
 */
export function createStepDetector(): (now: number, drift: number) => number | undefined {
  let last: { readonly now: number; readonly drift: number } | undefined;
  return (now, drift) => {
    const before = last;
    last = { now, drift };
    if (before === undefined) return undefined;
    const step = drift - before.drift;
    const slewed = (now - before.now) * slewRate;
    return Math.abs(step) > smallestStep + slewed ? step : undefined;
  };
}
