import type { ErrorCode } from './api.ts';
import { errorCodes } from './apiSchema.ts';

/** What the recorder was asked and will not do: a sentence for the person who asked. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: ErrorCode;

  constructor(status: keyof typeof errorCodes, message: string) {
    super(message);
    this.status = status;
    this.code = errorCodes[status];
  }
}
