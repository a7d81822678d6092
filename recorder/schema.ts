import { z } from 'zod';

/** A number of things, or of bytes. */
export const count = z.int().min(0);

/** As `isoTime` writes it. */
export const time = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  .meta({ format: 'date-time' });

/**
 * An array, of which one wrong element is one issue: zod collects all, and a file that somebody made to harm
 * may have a million.
 */
export function eachOf<Element extends z.ZodType>(element: Element) {
  return z.preprocess(
    (value) => (Array.isArray(value) && value.every((each) => isA(element, each)) ? value : undefined),
    z.array(element),
  );
}

/** Texts by any key, __proto__ too, which z.record leaves out. */
export const textByKey = z
  .custom<Readonly<Record<string, string>>>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every((text) => typeof text === 'string'),
  )
  .meta({ type: 'object', additionalProperties: { type: 'string' } });

function isA(schema: z.ZodType, value: unknown): boolean {
  return schema.safeParse(value).success;
}
