/** Writes run.json now and then, one version at a time. */
export interface ManifestWriter {
  /** Soon: after the version that is being written, if one is. */
  save(): void;
  /** When none was written for a while. */
  saveIfOld(): void;
  /** As `save`; resolves when it is written, or could not be: then with false. */
  saveNow(): Promise<boolean>;
}

/** Seconds after which a version is old, and after which one that could not be written is tried again. */
const old = 10;
const pause = 1;

export function createManifestWriter(options: {
  readonly write: () => Promise<void>;
  /** Seconds. */
  readonly now: () => number;
  /** A version could not be written, while the one before could. */
  readonly onFailure: (error: unknown) => void;
  /** A version could be written, while the one before could not. */
  readonly onRecovery: () => void;
}): ManifestWriter {
  let savedAt = options.now();
  let writing = Promise.resolve(true);
  let waiting = 0;
  let isFailing = false;

  async function write(previous: Promise<boolean>): Promise<boolean> {
    await previous;
    waiting--;
    savedAt = options.now();
    try {
      await options.write();
    } catch (error) {
      if (!isFailing) options.onFailure(error);
      isFailing = true;
      return false;
    }
    if (isFailing) options.onRecovery();
    isFailing = false;
    return true;
  }

  function saveNow(): Promise<boolean> {
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
      if (options.now() - savedAt >= (isFailing ? pause : old)) save();
    },
    saveNow,
  };
}
