/** How far the exporter's clock is ahead of the recorder's, in seconds. */
export interface ClockOffset {
  readonly offset: number;
  /** The true offset is within offset +- error. */
  readonly error: number;
}

/**
 * The exporter read its clock at some moment between request and answer: taking the middle is wrong
 * by at most half the round trip. All three in seconds since the epoch.
 */
export function clockOffset(requestedAt: number, answeredAt: number, exporterClock: number): ClockOffset {
  return {
    offset: exporterClock - (requestedAt + answeredAt) / 2,
    error: (answeredAt - requestedAt) / 2,
  };
}
