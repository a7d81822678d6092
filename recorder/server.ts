import Router from '@koa/router';
import Koa from 'koa';
import type { Registry } from 'prom-client';
import type { Log } from '../exporter/serve/log.ts';
import { renderRegistry } from '../exporter/serve/ownMetrics.ts';
import type { MessageAnswer } from './api.ts';
import type { Control } from './control.ts';
import { closing } from './control/openFolder.ts';
import { ownStatus } from './control/ownStatus.ts';
import { requireWritable, requireWritten } from './control/space.ts';
import { Refusal } from './refusal.ts';
import { isProbed, markLabel, startRequest } from './server/callParameters.ts';
import { answerErrors } from './server/errors.ts';
import { eventStream } from './server/eventStream.ts';
import { guard, type GuardOptions } from './server/guard.ts';
import { openApi } from './server/openApi.ts';
import { addPage } from './server/page.ts';
import { readableJson } from './server/readableJson.ts';
import type { Peers } from './shards/peers.ts';
import { shardOfFolder } from './shards/runFolderName.ts';
import { addShardCalls } from './server/shardCalls.ts';
import { sendFile, tarGz, visibleFile } from './server/runFiles.ts';

export interface ServerParts {
  readonly control: Control;
  /** The recorders of all shards; absent: it answers for itself only. */
  readonly peers?: Peers | undefined;
  readonly guard: GuardOptions;
  readonly registry: Registry;
  readonly outputDir: string;
  readonly version: string;
  readonly log: Log;
  /** Ends the streams of events, which would else keep the server from closing. */
  readonly ending: AbortSignal;
}

/** The control API: JSON over HTTP. */
export function createApp(parts: ServerParts): Koa {
  const { control, outputDir, log } = parts;
  const app = new Koa();
  app.on('error', (error: unknown) => {
    log.debug({ err: error }, 'an answer was broken off');
  });
  app.use(async (ctx, next) => {
    ctx.set('X-Content-Type-Options', 'nosniff');
    ctx.set('Cache-Control', 'no-store');
    await next();
  });
  app.use(readableJson);
  app.use(answerErrors(log));
  app.use(guard(parts.guard));
  const router = new Router({ sensitive: true });
  if (parts.peers !== undefined) addShardCalls(router, { control, outputDir, peers: parts.peers });
  addVerbs(router, control, outputDir);
  addRuns(router, control);
  addRest(router, parts);
  addPage(router);
  app.use(router.routes()).use(router.allowedMethods());
  return app;
}

function addVerbs(router: Router, control: Control, outputDir: string): void {
  router.post(['/start', '/start/:run'], async (ctx) => {
    ctx.body = await control.start(startRequest(ctx.params['run'], ctx.query));
    ctx.status = 201;
  });
  router.post('/stop', async (ctx) => {
    ctx.body = await control.stop();
  });
  router.post('/marks', async (ctx) => {
    ctx.body = control.mark(await markLabel(ctx.req, ctx.query));
    ctx.status = 201;
  });
  router.get('/status', async (ctx) => {
    ctx.body = await ownStatus(control, outputDir);
  });
  router.get('/daemons', async (ctx) => {
    ctx.body = await (isProbed(ctx.query) ? control.probedDaemons() : control.daemons());
  });
  router.get('/instances', async (ctx) => {
    ctx.body = await control.instances();
  });
  router.get('/alive', (ctx) => {
    ctx.body = control.alive();
  });
  router.get('/help', (ctx) => {
    ctx.body = control.help();
  });
}

function addRuns(router: Router, control: Control): void {
  router.get('/runs', async (ctx) => {
    ctx.body = await control.runs();
  });
  router.get('/runs/:run', async (ctx) => {
    const name = ctx.params['run'] ?? '';
    const run = name.replace(/\.tar\.gz$/, '');
    if (run === name) {
      ctx.body = await control.run(name);
      return;
    }
    const { folder } = await control.open(run);
    ctx.attachment(name);
    ctx.type = 'application/gzip';
    ctx.body = tarGz(run, folder);
  });
  router.get('/runs/:run/:file', async (ctx) => {
    const { run = '', file: name = '' } = ctx.params;
    const { folder } = await control.open(run);
    const file = await closing(folder, () => visibleFile(folder, name));
    if (file === undefined) throw new Refusal(404, `Run ${run} has no file "${name}".`);
    await closing(file, () => sendFile(ctx, name, file));
  });
  router.get('/runs/:run/:shard/:file', async (ctx) => {
    const { run = '', shard = '', file: name = '' } = ctx.params;
    const { folder } = await control.open(run);
    const part =
      shardOfFolder(shard) === undefined ? undefined : await closing(folder, () => folder.folder(shard));
    const file = part && (await closing(part, () => visibleFile(part, name)));
    if (file === undefined) throw new Refusal(404, `Run ${run} has no file "${shard}/${name}".`);
    await closing(file, () => sendFile(ctx, name, file));
  });
  router.delete('/runs/:run', async (ctx) => {
    ctx.body = await control.remove(ctx.params['run'] ?? '');
  });
}

function addRest(router: Router, { control, registry, outputDir, version, ending }: ServerParts): void {
  router.get('/events', (ctx) => {
    ctx.type = 'text/event-stream';
    ctx.body = eventStream(control, ending);
  });
  router.get('/openapi.json', (ctx) => {
    ctx.body = openApi(version);
  });
  router.get('/metrics', async (ctx) => {
    ctx.type = registry.contentType;
    ctx.body = await renderRegistry(registry, 'text');
  });
  router.get('/healthz', (ctx) => {
    ctx.body = { message: 'ok' } satisfies MessageAnswer;
  });
  router.get('/readyz', async (ctx) => {
    await requireWritable(outputDir);
    requireWritten(control.status());
    ctx.body = { message: 'ready' } satisfies MessageAnswer;
  });
}
