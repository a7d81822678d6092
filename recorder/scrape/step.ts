/** Bytes that are followed without a pause: some hundred microseconds. */
export const bytesPerStep = 1 << 18;
