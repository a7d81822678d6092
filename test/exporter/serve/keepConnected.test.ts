import { once } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type Connecting, keepConnected } from '../../../exporter/serve/keepConnected.ts';
import { recordedLog } from '../source/recordedLog.ts';

const soon = { timeout: 5000, interval: 5 };

function connecting(follow: Connecting['follow'], patience?: number) {
  const { log, lines } = recordedLog();
  const explain = String;
  const limit = patience === undefined ? {} : { patience };
  const connection = keepConnected({ peer: 'The peer', follow, explain, log, ...limit });
  onTestFinished(() => {
    connection.close();
  });
  return { connection, lines };
}

test('one that does not answer in time is away, and is tried again', async () => {
  let attempts = 0;
  const { connection, lines } = connecting(async (signal) => {
    attempts += 1;
    await once(signal, 'abort');
    signal.throwIfAborted();
  }, 0.02);
  expect([connection.pending, connection.reason]).toEqual([true, 'The peer has not answered yet.']);
  await vi.waitUntil(() => attempts === 2, soon);
  expect([connection.available, connection.pending]).toEqual([false, false]);
  expect([connection.reason, ...lines]).toEqual([
    'TimeUp: no answer within 0.02 s',
    'info TimeUp: no answer within 0.02 s',
  ]);
});

test('a connection may last longer than it may take to connect', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const signals: AbortSignal[] = [];
  const { connection } = connecting(async (signal, connected) => {
    signals.push(signal);
    connected();
    await once(signal, 'abort');
  }, 0.02);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([connection.available, ...signals.map(({ aborted }) => aborted)]).toEqual([true, false]);
  connection.close();
  expect([connection.available, ...signals.map(({ aborted }) => aborted)]).toEqual([false, true]);
});

test('the log has a line each time that it comes or goes, and no other', async () => {
  let attempts = 0;
  const { lines } = connecting(async (_signal, connected) => {
    attempts += 1;
    if (attempts === 1 || attempts === 3) throw new Error(`no ${attempts}`);
    if (attempts < 5) connected();
    await Promise.resolve();
  });
  await vi.waitUntil(() => attempts === 5, soon);
  const ended = 'warn The peer ended the connection. It is tried again.';
  expect(lines).toEqual([
    'info Error: no 1',
    'info Connected to The peer.',
    ended,
    'info Connected to The peer.',
    ended,
  ]);
});
