/** Writes run.json now and then, one version at a time. */
export interface ManifestWriter {
  /** Soon: after the version that is being written, if one is. */
  save(): void;
  /** When none was written for a while. */
  saveIfOld(): void;
  /** Resolves when nothing is being written; nothing is written after that. */
  end(): Promise<void>;
}

/** Seconds after which a version is old. */
const old = 10;

export function createManifestWriter(options: {
  readonly write: () => Promise<void>;
  /** Seconds. */
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}): ManifestWriter {
  let savedAt = options.now();
  let writing = Promise.resolve();
  let waiting = 0;
  let ended = false;

  async function write(previous: Promise<void>): Promise<void> {
    await previous;
    waiting--;
    if (ended) return;
    savedAt = options.now();
    try {
      await options.write();
    } catch (error) {
      options.onError(error);
    }
  }

  function save(): void {
    // One that waits will say what is to be said now.
    if (ended || waiting > 0) return;
    waiting++;
    writing = write(writing);
  }

  return {
    save,
    saveIfOld: () => {
      if (options.now() - savedAt >= old) save();
    },
    end: async () => {
      ended = true;
      await writing;
    },
  };
}
