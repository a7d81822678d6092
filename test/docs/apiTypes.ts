import { type JsonSchema, schemaPath } from '../../recorder/server/jsonSchemas.ts';

/** Schemas as TypeScript: what a schema says of a key is its docblock. Prettier is to follow. */
export function typesOf(schemas: Readonly<Record<string, JsonSchema>>): string {
  return Object.entries(schemas)
    .map(([name, schema]) => {
      const kind = schema.properties === undefined ? 'type' : 'interface';
      const is = kind === 'type' ? ' =' : '';
      return `${docblock(schema)}export ${kind} ${name}${is} ${type(schema)}`;
    })
    .join('\n\n');
}

/** The names of the schemas that this one is made of. */
export function referencesIn(schema: JsonSchema | undefined): readonly string[] {
  return Array.from(JSON.stringify(schema).matchAll(reference), ([, name = '']) => name);
}

const reference = new RegExp(`"\\$ref":"${schemaPath}(\\w+)"`, 'g');

function type(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return schema.$ref.slice(schemaPath.length);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.type === 'array') return `readonly (${type(schema.items ?? {})})[]`;
  if (schema.type === 'object') return objectType(schema);
  const known = { string: 'string', number: 'number', integer: 'number', boolean: 'boolean' }[
    schema.type ?? ''
  ];
  if (known === undefined) throw new Error(`There is no type yet for the schema ${JSON.stringify(schema)}.`);
  return known;
}

function objectType({ properties, required = [], additionalProperties }: JsonSchema): string {
  if (typeof additionalProperties === 'object')
    return `Readonly<Record<string, ${type(additionalProperties)}>>`;
  const keys = Object.entries(properties ?? {}).map(
    ([key, schema]) =>
      `${docblock(schema)}readonly ${key}${required.includes(key) ? '' : '?'}: ${type(schema)};`,
  );
  return `{\n${keys.join('\n')}\n}`;
}

function docblock({ description }: JsonSchema): string {
  if (description === undefined) return '';
  if (description.length < 90) return `/** ${description} */\n`;
  const lines = description.match(/.{1,100}(?:\s|$)/g) ?? [];
  return `/**\n${lines.map((line) => ` * ${line.trim()}\n`).join('')} */\n`;
}
