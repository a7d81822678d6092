import { mkdir, rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { closeAfterEach } from '../run/closing.ts';
import { kubemon, loopbackExporter, machine } from '../run/loopbackExporter.ts';
import { loopbackRecorder } from '../run/loopbackRecorder.ts';
import { apiCall, refusal } from './apiCall.ts';

const later = closeAfterEach();

async function recorder(environment: Readonly<Record<string, string>>) {
  const exporter = await loopbackExporter(kubemon(machine('one')));
  const started = await loopbackRecorder(
    { one: exporter.url, two: 'http://127.0.0.1:1/metrics' },
    environment,
  );
  later(exporter.close);
  later(started.close);
  return started;
}

test('a run is refused unless NUM_DAEMONS are connected', async () => {
  const { url } = await recorder({ NUM_DAEMONS: '3' });
  const message = '3 daemon(s) expected. There are connected only 1.';
  expect(await apiCall(url, 'POST', '/start/x')).toMatchObject({
    status: 409,
    body: refusal('conflict', message),
  });
  expect(await apiCall(url, 'GET', '/daemons')).toMatchObject({
    body: {
      message: '1 of 3 daemons are connected (NUM_DAEMONS is 3).',
      daemons: [
        { name: 'one', connected: true },
        {
          name: 'two',
          connected: false,
          role: 'unknown',
          error: expect.stringMatching(/^refused: /) as unknown,
        },
      ],
    },
  });
});

test('a run is refused below MIN_FREE_BYTES', async () => {
  const { url, outputDir } = await recorder({ MIN_FREE_BYTES: '1000000Ti' });
  expect(await apiCall(url, 'POST', '/start/x')).toMatchObject({
    status: 507,
    body: {
      error: {
        code: 'insufficient_storage',
        message: expect.stringContaining(
          ` MiB are free in ${outputDir}, and MIN_FREE_BYTES asks for 1048576000000 MiB: `,
        ) as unknown,
      },
    },
  });
});

test('an OUTPUT_DIR that is gone is told: no run starts, and one that is on says so in the end', async () => {
  const { url, outputDir, control, close } = await loopbackRecorder({});
  later(close);
  await control.start({ run: 'lost', interval: 0.2 });
  await rm(outputDir, { recursive: true });
  const { verdict } = await control.stop();
  expect(verdict.reasons).toContainEqual(expect.stringMatching(/^run\.json could not be written: ENOENT: /));
  for (const [method, path] of [
    ['POST', '/start/next'],
    ['GET', '/readyz'],
  ] as const) {
    expect(await apiCall(url, method, path)).toMatchObject({
      status: 503,
      body: refusal('unavailable', expect.stringMatching(/^OUTPUT_DIR cannot be written: ENOENT: /)),
    });
  }
  await mkdir(outputDir);
});

test('a run that is stopping is told to whoever asks, and to whoever would start another', async () => {
  const exporter = await loopbackExporter(kubemon(machine('one')));
  const { url, control, close } = await loopbackRecorder({ one: exporter.url });
  later(exporter.close);
  later(close);
  await control.start({ run: 'ending', interval: 0.2 });
  const stopped = control.stop();
  const message = 'Run ending is stopping: try again when it has stopped.';
  await expect(control.start({ run: 'next' })).rejects.toMatchObject({ status: 409, message });
  expect(control.status().message).toBe('Run ending is stopping.');
  await stopped;
  // One of several ends on the tick that all have agreed on.
  await control.start({ run: 'agreed', interval: 0.5 });
  control.endAfter(Date.now() / 1000 + 60);
  expect(await apiCall(url, 'POST', '/start/next')).toMatchObject({
    status: 409,
    body: refusal('conflict', 'Run agreed is stopping: try again when it has stopped.'),
  });
});

test('the daemons as they are now are told to whoever asks for that', async () => {
  const exporter = await loopbackExporter(kubemon(machine('one')));
  const { url, close } = await loopbackRecorder({ one: exporter.url });
  later(close);
  expect((await apiCall(url, 'GET', '/daemons?probe=true')).body).toMatchObject({ connected: 1 });
  await exporter.close();
  expect((await apiCall(url, 'GET', '/daemons?probe=true')).body).toMatchObject({ connected: 0 });
  expect(await apiCall(url, 'GET', '/daemons?probe=yes')).toMatchObject({
    status: 400,
    body: refusal('bad_request', 'probe may be true or false, and be given once.'),
  });
});

test('a token file that cannot be read or is empty stops the start', async () => {
  await expect(loopbackRecorder({}, { AUTH_TOKEN_FILE: '/nowhere' })).rejects.toThrow(
    /^AUTH_TOKEN_FILE \(--auth-token-file\) is "\/nowhere", but it must be a file that can be read \(ENOENT/,
  );
  await expect(loopbackRecorder({}, { AUTH_TOKEN_FILE: '/dev/null' })).rejects.toThrow(
    'AUTH_TOKEN_FILE (--auth-token-file) is "/dev/null", but it must be a file with a token, and that one is empty.',
  );
});

test('AUTH_ALL without a token would guard nothing: it stops the start', async () => {
  await expect(loopbackRecorder({}, { AUTH_ALL: 'true' })).rejects.toThrow(
    'AUTH_ALL (--auth-all) is "true", but it must be false where AUTH_TOKEN_FILE is not set.',
  );
});

test('an OUTPUT_DIR that cannot be made stops the start', async () => {
  await expect(loopbackRecorder({}, { OUTPUT_DIR: '/dev/null/data' })).rejects.toThrow(
    /^OUTPUT_DIR \(--output-dir\) is "\/dev\/null\/data", but it must be a folder that can be made and written /,
  );
});

test('a secret in the URL of a target is in no answer and no file', async () => {
  const exporter = await loopbackExporter(kubemon(machine('one')));
  const started = await loopbackRecorder({ one: `${exporter.url}?key=hunter3` });
  later(exporter.close);
  later(started.close);
  const ended = started.ended();
  await started.control.start({ run: 'secret', interval: 0.2, for: 0.2 });
  const told = JSON.stringify([
    await ended,
    started.control.daemons(),
    await started.rows('secret', 'scrapes.csv'),
  ]);
  expect(told).toContain('"one"');
  expect(told).not.toContain('hunter3');
});

test('closing stops a run that is on, and no other can be started', async () => {
  const exporter = await loopbackExporter(kubemon(machine('one')));
  later(exporter.close);
  const { close, control } = await loopbackRecorder({ one: exporter.url });
  const stopped: string[] = [];
  control.onStop(({ run }) => stopped.push(run));
  await control.start({ run: 'closed', interval: 0.2 });
  const before = performance.now();
  const closed = close();
  await expect(control.start({ run: 'late' })).rejects.toThrow('The recorder is ending.');
  await closed;
  expect(performance.now() - before).toBeLessThan(5000);
  expect(stopped).toEqual(['closed']);
});
