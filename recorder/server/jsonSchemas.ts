import { z } from 'zod';
import { registry } from '../apiSchema.ts';

/** What this program uses of JSON Schema 2020-12. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly description?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: boolean | JsonSchema;
}

export const schemaPath = '#/components/schemas/';

/** The answers of the API and all that they are made of, by the names that their types have. */
export function jsonSchemas(): Readonly<Record<string, JsonSchema>> {
  const { schemas } = z.toJSONSchema(registry, {
    uri: (id) => schemaPath + id,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // That JSON's integers are exact only so far is nothing that a reader has to check.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a part of what zod types
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, part(schema) as JsonSchema]),
  );
}

/** Without what only a document of its own has. */
function part(schema: object) {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema' && key !== '$id'));
}
