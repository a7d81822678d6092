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

/**
 * Aborted by the first SIGINT, SIGTERM or SIGHUP, whose name is the reason. Who asks for it ends the process
 * then, by that signal where nothing else is to be said: see endBySignal.
 */
export function firstSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of endings) {
    process.on(signal, () => {
      controller.abort(signal);
    });
  }
  return controller.signal;
}

/** Ends the process as if nobody had listened to that signal, so that a shell's script ends, too. */
export function endBySignal(reason: unknown): void {
  const signal = endings.find((each) => each === reason) ?? 'SIGTERM';
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
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
