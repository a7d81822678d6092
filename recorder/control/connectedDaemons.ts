import type { DaemonsAnswer } from '../api.ts';
import type { Connections } from '../discovery/connections.ts';
import { Refusal } from '../refusal.ts';
import { askDaemons, type Peers } from '../shards/peers.ts';
import { answered, asked } from '../shards/shardAnswer.ts';
import { daemonsAnswer } from './lookAnswers.ts';

/** Seconds that targets have to answer when a run starts. */
const patience = 1;

/** Whom this recorder can ask. */
export interface Reach {
  readonly connections: Connections;
  /** The recorders of all shards; absent: this one knows of no other. */
  readonly peers?: Peers | undefined;
}

/**
 * How many daemons are connected here, where there are as many as wanted: in all shards together, if they know
 * of each other. The others are asked only where any daemon is wanted: one that is away may hold up the answer.
 * @throws Refusal, which also tells who does not answer.
 */
export async function connectedDaemons(wanted: number, { connections, peers }: Reach): Promise<number> {
  async function probed(): Promise<DaemonsAnswer> {
    await connections.probe(patience);
    return daemonsAnswer(connections);
  }
  if (peers !== undefined && wanted > 0) await requireInAll(wanted, peers, probed);
  else await probed();
  const connected = connections.connected();
  if (peers === undefined) requireEnough(connections.share(wanted), connected);
  return connected;
}

async function requireInAll(wanted: number, peers: Peers, own: () => Promise<DaemonsAnswer>): Promise<void> {
  const all = await peers.ask(askDaemons, own);
  const connected = answered(all).reduce((sum, { answer }) => sum + answer.connected, 0);
  requireEnough(wanted, connected, (sentence) => asked(sentence, all).message);
}

/** In the original kubemon's sentence, which scripts look for. */
function requireEnough(wanted: number, connected: number, more = (sentence: string) => sentence): void {
  if (connected >= wanted) return;
  throw new Refusal(409, more(`${wanted} daemon(s) expected. There are connected only ${connected}.`));
}
