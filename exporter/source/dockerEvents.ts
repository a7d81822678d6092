import { linesOf } from '../serve/lines.ts';

/** What happened to a container, as far as its name is concerned. */
export interface DockerEvent {
  readonly action: string;
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  readonly image: string;
}

/**
 * Docker's event stream: a JSON document a line.
 *
 *     {"Type":"container","Action":"start","Actor":{"ID":"4c01…","Attributes":{"image":"busybox","name":"web"}},…}
 *
 * Anything else is left out. https://docs.docker.com/reference/api/engine/ GET /events
 */
export async function* readDockerEvents(stream: AsyncIterable<Buffer | string>): AsyncGenerator<DockerEvent> {
  for await (const line of linesOf(stream)) {
    const event = parseDockerEvent(line);
    if (event) yield event;
  }
}

/** One line of the stream; undefined for what is no event of a container. */
export function parseDockerEvent(line: string): DockerEvent | undefined {
  let event: { readonly Type?: unknown; readonly Action?: unknown; readonly Actor?: Actor } | null;
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every field is checked below
    event = JSON.parse(line) as typeof event;
  } catch {
    return undefined;
  }
  const { ID: id, Attributes: attributes } = event?.Actor ?? {};
  const { name, image } = attributes ?? {};
  const action = event?.Action;
  if (event?.Type !== 'container' || typeof action !== 'string') return undefined;
  if (typeof id !== 'string' || typeof name !== 'string' || typeof image !== 'string') return undefined;
  return { action, id, name, image };
}

interface Actor {
  readonly ID?: unknown;
  readonly Attributes?: { readonly name?: unknown; readonly image?: unknown } | null;
}
