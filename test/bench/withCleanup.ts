type Step = () => void | Promise<void>;

/** Runs `use`, then every step that it has put off, the last first: also when it fails. */
export async function withCleanup<T>(use: (putOff: (step: Step) => void) => Promise<T>): Promise<T> {
  const steps: Step[] = [];
  try {
    return await use((step) => steps.push(step));
  } finally {
    await runAll(steps.toReversed());
  }
}

/** All of them, whatever becomes of one. @throws what the first threw that failed. */
async function runAll(steps: readonly Step[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
