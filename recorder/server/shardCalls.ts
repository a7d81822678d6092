import type Router from '@koa/router';
import type { Context, Next } from 'koa';
import { Refusal } from '../refusal.ts';
import { isPart, missingOf } from '../shards/partManifest.ts';
import { peerFiles } from '../shards/peerFiles.ts';
import { ownOnly } from '../shards/peers.ts';
import { answered } from '../shards/shardAnswer.ts';
import { createTogether, type TogetherParts } from '../shards/together.ts';
import { isProbed, startRequest } from './callParameters.ts';
import { tarGz } from './runFiles.ts';

type Answer = (ctx: Context, run: string) => Promise<unknown>;
type Asked = Context & { readonly params: Readonly<Record<string, string>> };

function forAll(answer: Answer): (ctx: Asked, next: Next) => Promise<void> {
  return async (ctx, next) => {
    if (ctx.query[ownOnly.name] === ownOnly.value) await next();
    else ctx.body = await answer(ctx, ctx.params['run'] ?? '');
  };
}

/**
 * The calls that every one of several shards answers for all of them. With `?shard=own` it answers for itself:
 * what is added to the router after these.
 */
export function addShardCalls(router: Router, { control, peers, outputDir }: TogetherParts): void {
  const { own } = peers;
  const together = createTogether({ control, peers, outputDir });
  router.post(
    ['/start', '/start/:run'],
    forAll((ctx, run) => {
      ctx.status = 201;
      return together.start(startRequest(run === '' ? undefined : run, ctx.query));
    }),
  );
  router.post('/stop', forAll(together.stop));
  router.get('/status', forAll(together.status));
  router.get(
    '/daemons',
    forAll((ctx) => together.daemons(isProbed(ctx.query))),
  );
  router.get('/instances', forAll(together.instances));
  router.get('/runs', forAll(together.runs));
  router.get(
    '/runs/:run',
    forAll((ctx, name) => {
      const run = name.replace(/\.tar\.gz$/, '');
      return run === name ? together.run(name) : archive(ctx, run);
    }),
  );
  router.delete(
    '/runs/:run',
    forAll((_, run) => together.remove(run)),
  );

  async function archive(ctx: Context, run: string): Promise<unknown> {
    const all = await together.holders(run);
    const holders = answered(all);
    const manifests = holders.map(({ answer }) => answer.manifest).filter(isPart);
    const parts = holders.filter(({ answer }) => isPart(answer.manifest)).map(({ shard }) => shard);
    const isHere = holders.some(({ shard }) => shard === own);
    if (holders.length === 0) await together.run(run);
    if (!isHere && parts.length === 0) throw new Refusal(404, `Run ${run} lies whole in another shard.`);
    const [first, ...others] = manifests;
    const missing = first === undefined ? [] : missingOf([first, ...others]);
    const { folder } = isHere ? await control.open(run) : {};
    ctx.attachment(`${run}.tar.gz`);
    ctx.type = 'application/gzip';
    // A run that several have recorded, and not all of them are there.
    if (missing.length > 0) ctx.set('X-Kubemon-Missing-Shards', missing.join(', '));
    return tarGz(
      run,
      folder,
      peerFiles(
        peers,
        run,
        parts.filter((shard) => shard !== own),
      ),
    );
  }
}
