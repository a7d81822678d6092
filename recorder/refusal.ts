import type { ErrorCode } from './api.ts';

/** What the recorder was asked and will not do: a sentence for the person who asked. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: ErrorCode;

  constructor(status: keyof typeof codes, message: string) {
    super(message);
    this.status = status;
    this.code = codes[status];
  }
}

const codes = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'conflict',
  413: 'too_large',
  416: 'range_not_satisfiable',
  500: 'internal',
  503: 'unavailable',
  507: 'insufficient_storage',
} as const satisfies Readonly<Record<number, ErrorCode>>;
