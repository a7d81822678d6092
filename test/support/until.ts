import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until the answer is true; fails after so many seconds with what was waited for. */
export async function until(
  what: string,
  ask: () => boolean | Promise<boolean>,
  seconds = 100,
): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(50)) {
    if (await ask()) return;
  }
  throw new Error(`Waited ${seconds} s in vain until ${what}.`);
}

/** Whether an URL is answered with success. */
export async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
