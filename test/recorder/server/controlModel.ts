/** What a recorder is to anybody outside: the run that is on, and the runs that there are. */
export interface Model {
  readonly on?: string;
  readonly runs: readonly string[];
}

/** What is to be answered, and what the recorder is then. */
export interface Expectation {
  readonly status: number;
  /** What the sentence says. */
  readonly message?: RegExp;
  readonly next: Model;
}

/** `POST /marks {"label":"x"}`, `GET /runs/a/node.csv bytes=0-9`: what follows the path is a body or a Range. */
export interface ModelCall {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly range?: string;
}

export function parseCall(call: string): ModelCall {
  const [, method = '', path = '', rest] = /^(\S+) (\S+)(?: ([^]*))?$/.exec(call) ?? [];
  if (rest === undefined) return { method, path };
  return rest.startsWith('bytes=') ? { method, path, range: rest } : { method, path, body: rest };
}

const reading = /^\/(status|daemons|instances|alive|help|runs|events|openapi\.json|metrics|healthz|readyz)?$/;
const changing = /^\/(start(\/[^/]+)?|stop|marks)$/;

export function expected(model: Model, { method, path, body, range }: ModelCall): Expectation {
  // Not URL, which would take /runs/%2e%2e for /runs.
  const [pathname = '', search] = path.split('?');
  const query = new URLSearchParams(search);
  const answer = (status: number, message?: RegExp, next = model): Expectation => ({
    status,
    next,
    ...(message && { message }),
  });
  const [, verb = '', name, file] = pathname.split('/').map((part) => decodeURIComponent(part));
  const isRead = method === 'GET' || method === 'HEAD';
  const isRun = /^\/runs\/[^/]+(\/[^/]+)?$/.test(pathname);
  if (!reading.test(pathname) && !changing.test(pathname) && !isRun) return answer(404, /^There is no /);
  const isAllowed = changing.test(pathname)
    ? method === 'POST'
    : isRead || (isRun && file === undefined && method === 'DELETE');
  if (method === 'OPTIONS') return answer(200);
  if (!isAllowed) return answer(405, /^There is no .+, but .+ there\.$/);
  if (verb === 'start') return start(model, name ?? query.get('run'), query, answer);
  if (verb === 'stop') {
    if (model.on === undefined) return answer(409, /^Nothing is recording\.$/);
    return answer(200, /^Stopped collector$/, { runs: model.runs });
  }
  if (verb === 'marks') return mark(model, query.get('label') ?? body, answer, query.has('label'));
  if (!isRun || name === undefined) return answer(200);
  const run = isRead && file === undefined ? name.replace(/\.tar\.gz$/, '') : name;
  if (!model.runs.includes(run)) return answer(404, /^There is no run ".*": GET \/runs lists them\.$/);
  if (method === 'DELETE') {
    if (model.on === name) return answer(409, /^Run \w+ is being recorded: stop it first\.$/);
    return answer(200, /^Deleted run \w+\.$/, { ...model, runs: model.runs.filter((each) => each !== name) });
  }
  if (file === undefined) return answer(200);
  if (file !== 'run.json' && file !== 'marks.csv') return answer(404, /^Run \w+ has no file ".*"\.$/);
  if (range === undefined) return answer(200);
  if (range === 'bytes=0-3') return answer(206);
  // Of several ranges, whatever they would amount to, the whole file is sent once.
  return range.includes(',') ? answer(200) : answer(416, / bytes, and none of them is in that range\.$/);
}

type Answerer = (status: number, message?: RegExp, next?: Model) => Expectation;

function start(model: Model, run: string | null, query: URLSearchParams, answer: Answerer): Expectation {
  for (const key of query.keys()) {
    if (!/^(run|interval|for|label\..+)$/.test(key)) return answer(400, /^There is no parameter /);
    if (query.getAll(key).length > 1) return answer(400, / may be given once\.$/);
  }
  const interval = Number(query.get('interval') ?? 1);
  if (!(interval >= 0.1))
    return answer(400, /^interval is ".*", but it must be seconds from 0\.1 to 86400\.$/);
  if (query.get('for') === 'soon') return answer(400, /^for is "soon", but it must be a duration /);
  if (run === null) return answer(400, /^The run has no name: POST \/start\/RUN\.$/);
  if (!/^[a-c]$/.test(run)) return answer(400, /" cannot be the name of a run: it must match /);
  if (model.on !== undefined) return answer(409, /^Already recording [a-c]: stop it first\.$/);
  if (model.runs.includes(run)) return answer(409, /^Run [a-c] exists in .+: choose another name\.$/);
  return answer(201, /^Starting 1 daemons and saving data at /, { on: run, runs: [...model.runs, run] });
}

function mark(model: Model, given: string | undefined, answer: Answerer, isText: boolean): Expectation {
  if (!isText) {
    if ((given ?? '').length > 16_384) return answer(413, /^A body may have 16384 bytes\.$/);
    if (given === undefined || !given.startsWith('{'))
      return answer(400, /^The body is not JSON\.$|^A mark needs /);
    if (!/^\{"label":".+"\}$/.test(given)) return answer(400, /^A mark needs /);
  } else if (given === '') return answer(400, /^A mark needs /);
  return model.on === undefined ? answer(409, /^Nothing is recording\.$/) : answer(201, /^Marked ".*"\.$/);
}

export interface Answered {
  readonly call: ModelCall;
  readonly status: number;
}

/**
 * Whether some order of calls that were made at once explains how they were answered, and what the recorder
 * is after them. Besides, whoever asks for the stop of a run that is being stopped is told the same; and a
 * start may be refused because of another that is refused itself in the end.
 */
export function explains(model: Model, answers: readonly Answered[], after: Model): boolean {
  const starts = answers.filter(({ call }) => call.path.startsWith('/start'));

  function follows(from: Model, rest: readonly Answered[], isStopped: boolean): boolean {
    if (rest.length === 0) return sameModel(from, after);
    return rest.some((answer, index) => {
      const { call, status } = answer;
      const told = expected(from, call);
      const others = rest.filter((_, other) => other !== index);
      if (told.status === status) {
        return follows(told.next, others, isStopped || (call.path === '/stop' && status === 200));
      }
      const isSameStop = call.path === '/stop' && isStopped && status === 200;
      const isInTheWay = starts.includes(answer) && starts.length > 1 && status === 409;
      return (isSameStop || isInTheWay) && follows(from, others, isStopped);
    });
  }

  return follows(model, answers, false);
}

function sameModel(a: Model, b: Model): boolean {
  return a.on === b.on && a.runs.toSorted().join(' ') === b.runs.toSorted().join(' ');
}
