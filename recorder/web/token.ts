import { askToken } from './dialog.ts';

/** The recorder's token, as far as this tab knows it. */
export interface Token {
  current(): string | undefined;
  /**
   * Asks the person for another one: at once for what they want to do, but for what the page reads by itself
   * not again after they did not give it. Undefined: it is not given.
   */
  ask(why: string, isWanted: boolean): Promise<string | undefined>;
  /** Whether reading needs it, too, as far as this tab knows. */
  isForReading(): boolean;
  /** What only reads was refused without it. */
  guardsReading(): void;
  /** Asks again where it was not given. */
  reconsider(): void;
}

const key = 'kubemon-token';
const readingKey = 'kubemon-token-for-reading';

/** Kept for this tab. However many calls need it at once, it is asked for once. */
export function createToken(): Token {
  let asking: Promise<string | undefined> | undefined;
  let isDeclined = false;

  async function ask(why: string): Promise<string | undefined> {
    const given = (await askToken(why))?.trim();
    isDeclined = given === undefined;
    if (given !== undefined) sessionStorage.setItem(key, given);
    return given;
  }

  return {
    current: () => sessionStorage.getItem(key) ?? undefined,
    async ask(why, isWanted) {
      if (isDeclined && !isWanted) return undefined;
      asking ??= ask(why).finally(() => {
        asking = undefined;
      });
      return asking;
    },
    isForReading: () => sessionStorage.getItem(readingKey) !== null,
    guardsReading() {
      sessionStorage.setItem(readingKey, '');
    },
    reconsider() {
      isDeclined = false;
    },
  };
}
