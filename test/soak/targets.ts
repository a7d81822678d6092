/**
 * The targets of a soak, as a process of their own: tells its parent their URLs by name, and ends with it.
 * Arguments: the moment at which the run's time stands at first, and the lead of its ticks, in seconds.
 *
 * No time passes while they answer. Where a daemon is asked to collect at a tick, its clock stands at
 * the lead before, as the recorder's does.
 */
import { gzipSync } from 'node:zlib';
import { type Behaviour, foreign, loopbackExporter } from '../recorder/run/loopbackExporter.ts';
import { application, type Daemon, daemons, sceneOf } from './world.ts';

const [start = Number.NaN, lead = Number.NaN] = process.argv.slice(2).map(Number);

function daemon(name: Daemon): Behaviour {
  return (request, response) => {
    const at = new URL(request.url ?? '', 'http://localhost').searchParams.get('at');
    const moment = at === null ? start : Number(at);
    response.writeHead(200, {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      'content-encoding': 'gzip',
      'x-kubemon-clock': (at === null ? start : moment - lead).toFixed(6),
    });
    response.end(gzipSync(sceneOf(name, moment)));
  };
}

function counting(): Behaviour {
  let requests = 0;
  return (request, response) =>
    foreign(`app_requests_total{path="/"} ${++requests}\napp_workers 4\n`)(request, response);
}

const exporters = await Promise.all(
  [...daemons.map(daemon), counting()].map((behaviour) => loopbackExporter(behaviour)),
);
process.send?.(
  Object.fromEntries([...daemons, application].map((name, index) => [name, exporters[index]?.url])),
);
process.once('disconnect', () => process.exit());
