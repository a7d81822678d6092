/** A server-sent event. https://html.spec.whatwg.org/multipage/server-sent-events.html */
export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/** Takes a stream's text piece by piece; gives the events that are whole by then. */
export function createEventReader(): (piece: string) => readonly ServerEvent[] {
  let rest = '';
  return (piece) => {
    const blocks = (rest + piece).split('\n\n');
    rest = blocks.pop() ?? '';
    return blocks.flatMap((block) => {
      const lines = block.split('\n');
      const field = (name: string) =>
        lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
      const data = field('data');
      return data.length === 0 ? [] : [{ event: field('event')[0] ?? 'message', data: data.join('\n') }];
    });
  };
}
