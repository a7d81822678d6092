import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Manifest } from '../../recorder/api.ts';
import { RecorderClient } from '../../recorder/index.ts';
import { type Ended, runKubemon } from '../recorder/cli/runKubemon.ts';
import {
  foreign,
  kubemon,
  loopbackExporter,
  type LoopbackExporter,
} from '../recorder/run/loopbackExporter.ts';
import { freePort } from '../support/freePort.ts';
import { hostileTexts, inCell, unseen } from '../support/hostileTexts.ts';
import { type Kubemon, startKubemon } from '../support/kubemon.ts';
import { describeWith, needs } from '../support/needs.ts';
import { readRun, type RunTables } from '../support/runFolder.ts';
import { answers, until } from '../support/until.ts';

/** Names that TARGETS lets through. */
const lying = '@lying"\u202E\u009B31m';
const broken = "-broken'\u2066\u200F";
/** Its answer is no exposition: the sentence says what it was. */
const garbage = '\u009B31m\u202E{=cmd|x\u001B[2J';

/** An exporter whose every label is a text of somebody hostile. */
function lies(collectedAt: number): string {
  const all = hostileTexts.map((text, index) => {
    const value = escaped(text);
    const id = index.toString(16).padStart(12, '0');
    const identity = `namespace="${value}",pod="${value}",container="${value}",container_id="${id}"`;
    return [
      `kubemon_container_info{${identity},id="${value}",image="${value}",runtime="${value}",cgroup="${value}",pod_uid="${value}",network_namespace="${value}"} 1`,
      `kubemon_container_pids{${identity}} 1`,
      `kubemon_container_disk_read_bytes_total{${identity},device="${value}"} 1`,
      `kubemon_process_threads{${identity},pid="${index}",comm="${value}"} 1`,
      `kubemon_node_disk_read_bytes_total{device="${value}"} 1`,
      `unknown_total{text="${value}"} 1`,
    ].join('\n');
  });
  return [
    `kubemon_node_info{hostname="${escaped(hostileTexts.join(''))}",kernel="\u009B31m\u202Egpj\u001B[2J",boot_id="b",machine="=1",cgroup_version="\u001B[2J",page_size="1",clock_ticks="1"} 1`,
    'kubemon_node_cpus 1.5',
    'kubemon_node_memory_total_bytes -Inf',
    'kubemon_node_forks_total 99999999999999999999',
    ...all,
    `kubemon_exporter_collected_timestamp_seconds +${collectedAt.toFixed(6)}`,
    'kubemon_exporter_collection_seconds -5',
    'process_cpu_seconds_total -Inf',
    'process_resident_memory_bytes 1.5',
    `kubemon_exporter_build_info{version="\u202E=1\u001B[2J"} 1`,
    '',
  ].join('\n');
}

function escaped(text: string): string {
  return text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`);
}

const targets: LoopbackExporter[] = [];
let outputDir: string;
let recorder: Kubemon;
let address: string;
let stream: string;
let manifest: Manifest;
let run: RunTables;
/** What each command printed while the run was on or after it. */
const printed = new Map<string, Ended>();

async function command(...args: readonly string[]): Promise<void> {
  printed.set(
    `${printed.size + 1}. ${args.join(' ')}`,
    await runKubemon([...args, '--host', address], {}, outputDir),
  );
}

beforeAll(async () => {
  targets.push(await loopbackExporter(kubemon(lies)), await loopbackExporter(foreign(`${garbage}\n`)));
  outputDir = mkdtempSync(join(tmpdir(), 'kubemon-hostile-'));
  const port = await freePort();
  address = `127.0.0.1:${port}`;
  recorder = startKubemon(['recorder'], {
    RECORDER_PORT: String(port),
    OUTPUT_DIR: join(outputDir, 'data'),
    MIN_FREE_BYTES: '1',
    LOG_LEVEL: 'debug',
    TARGETS: `${lying}=${targets[0]?.url},${broken}=${targets[1]?.url}`,
  });
  await until('the recorder answers', () => answers(`http://${address}/healthz`));
  const told = listen();
  const client = new RecorderClient({ host: address });
  await client.start('hostile', {
    interval: 0.5,
    labels: Object.fromEntries(hostileTexts.map((text) => [text, text])),
  });
  for (const text of hostileTexts) await client.mark(text);
  await client.mark('half \uD83D of a pair');
  await until('the run has ticks', async () => ((await client.status()).recording?.ticks.done ?? 0) >= 2);
  for (const look of ['status', 'daemons', 'instances', 'alive']) {
    await command(look);
    await command(look, '--json');
  }
  await command('mark', hostileTexts.join(' '));
  await command('stop');
  for (const after of [['runs'], ['fetch', 'hostile'], ['status'], ['stop'], ['start', '\u001B[31m\u202E']]) {
    await command(...after);
  }
  stream = await told;
  run = readRun(join(outputDir, 'data/hostile'));
  ({ manifest } = run);
});

afterAll(async () => {
  await recorder.stop();
  await Promise.all(targets.map((target) => target.close()));
  rmSync(outputDir, { recursive: true });
});

/** The stream of events from now to the end of a run. */
async function listen(): Promise<string> {
  const { body } = await fetch(`http://${address}/events`);
  let text = '';
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (/^event: stop\n.*\n\n/m.test(text)) break;
  }
  return text;
}

test('every text is in its cells as it came, but for the apostrophe before a formula', () => {
  const cells = hostileTexts.map(inCell).toSorted();
  const different = (file: string, column: string): readonly string[] =>
    [...new Set(run.rows(file).map((row) => row[column] ?? ''))].toSorted();
  for (const column of ['namespace', 'pod', 'container', 'id', 'image', 'runtime', 'cgroup', 'pod_uid']) {
    expect(different('containers.csv', column), column).toEqual(cells);
  }
  expect(different('container_disk.csv', 'device')).toEqual(cells);
  expect(different('process.csv', 'comm')).toEqual(cells);
  expect(different('node_disk.csv', 'device')).toEqual(cells);
  expect(different('process.csv', 'node')).toEqual([inCell(lying)]);
  expect(different('scrapes.csv', 'target')).toEqual([inCell(broken), inCell(lying), 'recorder'].toSorted());
  const marks = run.rows('marks.csv').map(({ label }) => label);
  // A text of UTF-8 has no half of a pair.
  expect(marks.slice(0, -1)).toEqual([...hostileTexts.map(inCell), 'half \uFFFD of a pair']);
  const labels = run
    .rows('samples.csv')
    .flatMap(({ metric, labels: json = '' }) => (metric === 'unknown_total' ? [json] : []));
  expect(new Set(labels)).toEqual(new Set(hostileTexts.map((text) => JSON.stringify({ text }))));
});

test('no cell of any file begins as a formula does', () => {
  const found = manifest.files.flatMap(({ name, columns }) =>
    columns
      .filter(({ dtype }) => dtype === 'string')
      .flatMap((column) => run.rows(name).map((row) => row[column.name] ?? ''))
      .filter((cell) => /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/.test(cell)),
  );
  expect(found).toEqual([]);
});

test('a value that is none of its column is in samples.csv', () => {
  const values = run.rows('samples.csv').filter(({ metric }) => metric?.startsWith('kubemon_node_'));
  expect(new Map(values.map(({ metric, value }) => [metric, value]))).toEqual(
    new Map([
      ['kubemon_node_cpus', '1.5'],
      ['kubemon_node_memory_total_bytes', '-Inf'],
      ['kubemon_node_forks_total', '99999999999999999999'],
    ]),
  );
});

describeWith([needs.pandas], 'pandas', () => {
  test('opens every file by the dtypes of run.json, and reads the same', () => {
    const script = fileURLToPath(new URL('readTexts.py', import.meta.url));
    const output = execFileSync('python3', [script, join(outputDir, 'data/hostile')], { encoding: 'utf8' });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what readTexts.py prints
    const read = JSON.parse(output) as Record<string, { rows: number; texts: Record<string, string[]> }>;
    for (const { name, rows, columns } of manifest.files) {
      expect(read[name]?.rows, name).toBe(rows);
      for (const { name: column, dtype } of columns) {
        if (dtype !== 'string') continue;
        const texts = new Set(run.rows(name).map((row) => row[column] ?? ''));
        expect(new Set(read[name]?.texts[column]), `${name} ${column}`).toEqual(texts);
      }
    }
  });
});

test('no command lets a text act on the terminal or turn what is read', () => {
  for (const [args, { stdout, stderr }] of printed) {
    expect(unseen(stdout), `kubemon ${args}`).toEqual([]);
    expect(unseen(stderr), `kubemon ${args}`).toEqual([]);
  }
  const codes = [...printed.values()].map(({ code }) => code);
  expect(codes).toEqual([...Array.from({ length: 13 }, () => 0), 1, 1]);
  expect(printed.get('3. daemons')?.stdout).toMatch(/^@lying" +@lying" .* gpj /m);
  expect(printed.get('3. daemons')?.stdout).toMatch(/-broken': invalid: line 1: .* is not a series/);
});

test('--json prints what the API says, to the last character', async () => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API's own type
  const told = JSON.parse(printed.get('4. daemons --json')?.stdout ?? '') as Awaited<
    ReturnType<RecorderClient['daemons']>
  >;
  const daemon = told.daemons.find(({ name }) => name === lying);
  expect(daemon).toMatchObject({ node: lying, kernel: '\u009B31m\u202Egpj\u001B[2J' });
  const { message: _, ...now } = await new RecorderClient({ host: address }).daemons();
  expect(now.daemons.map(({ name }) => name)).toEqual([lying, broken]);
});

test.each(['/status', '/daemons', '/instances', '/runs', '/runs/hostile', '/help', '/openapi.json'])(
  'the answer of %s shows nothing else than it says',
  async (path) => {
    const text = await (await fetch(`http://${address}${path}`)).text();
    expect(unseen(text)).toEqual([]);
    expect(text).not.toContain('\n\n');
  },
);

test('the stream of events has the events of the recorder and no others', () => {
  const lines = stream.split('\n').filter((line) => line !== '');
  expect(lines.filter((line) => !/^(event: (tick|stop)|data: \{.*\}|retry: \d+|: .*)$/.test(line))).toEqual(
    [],
  );
  expect(lines.filter((line) => line === 'event: stop')).toHaveLength(1);
  const ticks = lines.filter((line) => line.includes('"state":"done"'));
  expect(ticks.length).toBeGreaterThanOrEqual(2);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API's own type
  const first = JSON.parse(ticks[0]?.slice('data: '.length) ?? '') as {
    targets: { target: string; error?: string }[];
  };
  expect(first.targets.map(({ target }) => target)).toEqual([lying, broken]);
});

test('the log has one line of JSON an entry', () => {
  const lines = recorder.output().trimEnd().split('\n');
  expect(unseen(recorder.output())).toEqual([]);
  const entries = lines.map((line): unknown => JSON.parse(line));
  expect(entries).toContainEqual(expect.objectContaining({ msg: 'recording started' }));
});

test('run.json keeps the labels of the run', () => {
  const text = readFileSync(join(outputDir, 'data/hostile/run.json'), 'utf8');
  expect(manifest.labels).toEqual(Object.fromEntries(hostileTexts.map((each) => [each, each])));
  expect(unseen(text)).toEqual([]);
});

test('a name of a run cannot reach a header', async () => {
  const { headers } = await fetch(`http://${address}/runs/hostile.tar.gz`);
  expect(headers.get('content-disposition')).toBe('attachment; filename="hostile.tar.gz"');
  for (const name of ['x%0d%0aSet-Cookie:%20a=b', '%22;filename=%22evil.sh', '%E2%80%AEgpj.tar.gz']) {
    const refused = await fetch(`http://${address}/runs/${name}.tar.gz`);
    expect([name, refused.status]).toEqual([name, 404]);
    expect([...refused.headers.keys()]).not.toContain('content-disposition');
    expect(unseen(await refused.text())).toEqual([]);
  }
});
