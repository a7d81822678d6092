import { expect, test } from 'vitest';
import { until } from '../../support/until.ts';
import { serve } from './served.ts';

const served = serve();
const { call } = served;

test("GET /events tells each tick's result and the end of the run", async () => {
  const response = await fetch(`${served.recorder.url}/events`);
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  await call('POST', '/start/told?interval=1&for=2');
  const events: string[] = [];
  let text = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (text.includes('event: stop') && text.endsWith('\n\n')) break;
  }
  for (const block of text.split('\n\n')) if (block.startsWith('event:')) events.push(block);
  expect(events.map((event) => event.split('\n')[0])).toEqual(['event: tick', 'event: tick', 'event: stop']);
  expect(JSON.parse(events[0]?.split('\ndata: ')[1] ?? '')).toMatchObject({
    run: 'told',
    state: 'done',
    targets: [{ target: 'one', up: true }],
  });
  expect(JSON.parse(events[2]?.split('\ndata: ')[1] ?? '')).toMatchObject({
    run: 'told',
    verdict: { verdict: 'valid' },
  });
});

async function metrics(): Promise<string> {
  return (await fetch(`${served.recorder.url}/metrics`)).text();
}

test("/metrics shows the recorder's own, the active run only while it is on", async () => {
  expect(await metrics()).not.toMatch(/^kubemon_recorder_run_active\{/m);
  await call('POST', '/start/measured?interval=1');
  const text = await metrics();
  expect(text).toContain('kubemon_recorder_run_active{run="measured"} 1\n');
  expect(text).toContain('kubemon_recorder_daemons_connected 1\n');
  expect(text).toMatch(/^kubemon_recorder_ticks_total\{state="done"\} \d+$/m);
  expect(text).toMatch(/^process_cpu_seconds_total [\d.]+$/m);
});

test('/metrics shows how late targets collect while a run is on, and counts runs by verdict', async () => {
  const runs = async (verdict: string) => {
    const series = new RegExp(`^kubemon_recorder_runs_total\\{verdict="${verdict}"\\} (\\d+)$`, 'm');
    return Number(series.exec(await metrics())?.[1]);
  };
  const skew = /^kubemon_recorder_skew_seconds\{target="one"\} -?[\d.]+$/m;
  const valid = await runs('valid');
  await call('POST', '/start/judged?interval=1&for=2');
  await until('a tick is done', async () => skew.test(await metrics()));
  await until('the run has ended', async () => (await runs('valid')) === valid + 1);
  expect(await metrics()).not.toMatch(skew);
  expect(await runs('degraded')).toBe(0);
});
