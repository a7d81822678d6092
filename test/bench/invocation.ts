import { parseArgs } from 'node:util';

/** What the command line asks for. */
export type Invocation =
  | {
      readonly kind: 'run';
      readonly quick: boolean;
      readonly names: readonly string[];
      /** Whether they were asked for by name. */
      readonly named: boolean;
    }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'wrong'; readonly message: string };

/** @param known names of all parts */
export function parseInvocation(args: readonly string[], known: readonly string[]): Invocation {
  const there = `There are: ${known.join(', ')}.`;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
      allowPositionals: true,
    });
    if (values.help) return { kind: 'help', text: helpText(known) };
    const unknown = positionals.find((name) => !known.includes(name));
    if (unknown !== undefined) return { kind: 'wrong', message: `There is no part "${unknown}". ${there}` };
    const names = positionals.length === 0 ? known : known.filter((name) => positionals.includes(name));
    return { kind: 'run', quick: values.quick, names, named: positionals.length > 0 };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { kind: 'wrong', message: `${error.message}. --help tells the options.` };
  }
}

function helpText(known: readonly string[]): string {
  return `Usage: npm run bench [-- [--quick] [PART...]]

Measures what kubemon costs, and prints a table for each part, which it also writes into
test/bench/README.md.

Parts: ${known.join(', ')}; without a name all of them, but for what few
machines have: that is told.

  --quick     a little of everything, to see that it works: its figures mean nothing
  -h, --help  this text
`;
}
