/*
 * Messages of the DNS, as far as a resolver of libc asks for the addresses of a name: one question, and answers
 * of type A. https://www.rfc-editor.org/rfc/rfc1035#section-4
 */

export interface Question {
  /** In lower case, without the last dot. */
  readonly name: string;
  /** 1: A, 28: AAAA. */
  readonly type: number;
  /** Where it ends in the query. */
  readonly end: number;
}

const headerLength = 12;
export const typeA = 1;
/** Seconds that an answer may be kept. */
const lifetime = 1;

/** @throws RangeError where the query ends before its question does. */
export function readQuestion(query: Buffer): Question {
  const labels: string[] = [];
  let at = headerLength;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** @param addresses IPv4; undefined: there is no such name. */
export function writeAnswer(
  query: Buffer,
  { end }: Question,
  addresses: readonly string[] | undefined,
): Buffer {
  const header = Buffer.alloc(headerLength);
  query.copy(header, 0, 0, 2);
  // An authoritative response without error, or with NXDOMAIN.
  header.writeUInt16BE(addresses === undefined ? 0x8583 : 0x8580, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses?.length ?? 0, 6);
  const records = (addresses ?? []).map((address) => {
    const record = Buffer.alloc(16);
    // The name is that of the question, which follows the header.
    record.writeUInt16BE(0xc000 + headerLength, 0);
    record.writeUInt16BE(typeA, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt32BE(lifetime, 6);
    record.writeUInt16BE(4, 10);
    record.set(address.split('.').map(Number), 12);
    return record;
  });
  return Buffer.concat([header, query.subarray(headerLength, end), ...records]);
}
