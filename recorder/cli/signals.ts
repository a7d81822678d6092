/** The signals that end a server: Ctrl-C, what `kill` and a container runtime send, a closed terminal. */
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** An end may take so long, in milliseconds. */
const patience = 4_500;

/**
 * Aborted by the first SIGINT, SIGTERM or SIGHUP, whose name is the reason; from then on the process has
 * 4.5 s to end. Later ones are ignored: npm passes on a Ctrl-C that the terminal has sent already.
 */
export function endingSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of endings) {
    process.on(signal, () => {
      if (!controller.signal.aborted) endInTime();
      controller.abort(signal);
    });
  }
  return controller.signal;
}

export function ignoreEndingSignals(): void {
  for (const signal of endings) process.on(signal, () => undefined);
}

/** Aborted by a signal that then ends the process as if nobody had listened: what has to be done is done in the abort. */
export function lastSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of endings) {
    process.once(signal, () => {
      controller.abort(signal);
      process.kill(process.pid, signal);
    });
  }
  return controller.signal;
}

/** Ends the process with exit code 1 where it has not ended by itself in time. */
export function endInTime(): void {
  setTimeout(() => {
    process.stderr.write(`Could not end cleanly within ${patience / 1000} s.\n`);
    process.exit(1);
  }, patience).unref();
}

export function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    const end = (): void => {
      resolve(undefined);
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
