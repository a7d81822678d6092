/** Writes run.json now and then, one version at a time. */
export interface ManifestWriter {
  /** Soon: after the version that is being written, if one is. */
  save(): void;
  /** When none was written for a while. */
  saveIfOld(): void;
  /** As `save`; resolves when it is written, or could not be. */
  saveNow(): Promise<void>;
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

  async function write(previous: Promise<void>): Promise<void> {
    await previous;
    waiting--;
    savedAt = options.now();
    try {
      await options.write();
    } catch (error) {
      options.onError(error);
    }
  }

  function saveNow(): Promise<void> {
    // One that waits will say what is to be said now.
    if (waiting === 0) {
      waiting++;
      writing = write(writing);
    }
    return writing;
  }

  function save(): void {
    void saveNow();
  }

  return {
    save,
    saveIfOld: () => {
      if (options.now() - savedAt >= old) save();
    },
    saveNow,
  };
}
