/** Series to value. A series is its name and the labels that tell it apart: see seriesKey. */
export type Readings = Map<string, number>;

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

const identity = ['container_id', 'pid', 'device', 'interface', 'mode'] as const;

/** `kubemon_container_disk_bytes_total container_id=0123456789ab device=vda`. */
export function seriesKey(name: string, labels: Labels): string {
  const told = identity.filter((label) => labels[label] !== undefined);
  return [name, ...told.map((label) => `${label}=${labels[label] ?? ''}`)].join(' ');
}

/** Reads the text exposition format: every sample, whatever its metric. Throws on anything else. */
export function readExposition(text: string): readonly Sample[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [, name, labelText = '', value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`Not a sample: ${line}`);
    return { name, labels: readLabels(labelText), value: Number(value) };
  });
}

/** A pair is name="value", with \\, \" and \n in the value standing for a backslash, a quote, a new line. */
function readLabels(text: string): Labels {
  const pair = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/gy;
  const labels: Record<string, string> = {};
  while (pair.lastIndex < text.length) {
    const [, name, value] = pair.exec(text) ?? [];
    if (name === undefined || value === undefined) throw new Error(`Not labels: ${text}`);
    labels[name] = value.replaceAll(/\\(.)/g, (_, character) =>
      character === 'n' ? '\n' : String(character),
    );
  }
  return labels;
}

/** The samples of the metric table: those of the exporter itself and the descriptions are left out. */
export function tableReadings(samples: readonly Sample[]): Readings {
  const ours = samples.filter(({ name }) => /^kubemon_(node|container|process)_(?!info$)/.test(name));
  return new Map(ours.map(({ name, labels, value }) => [seriesKey(name, labels), value]));
}
