import { afterEach } from 'vitest';

/** Closes after each test what it has opened, the last first. */
export function closeAfterEach(): (close: () => Promise<void> | void) => void {
  const closing: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });
  return (close) => {
    closing.push(close);
  };
}
