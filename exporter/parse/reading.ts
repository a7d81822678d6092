/** What a kernel file gives: field name to value, in the kernel's own unit. Absent is undefined, never 0. */
export type Reading = Readonly<Record<string, Value | undefined>>;

/** An exact kernel number: a bigint where a double would lose digits (above 2^53). */
export type Value = number | bigint;

/** The bytes of one kernel file. Valid only until the next read: a parser keeps none of it. */
export type Bytes = Uint8Array;
