import type { ErrorCode } from '../api.ts';

/** A refusal of the recorder, or why there was no answer; the message is a sentence. */
export class RecorderError extends Error {
  override readonly name = 'RecorderError';
  /** The HTTP status; undefined where there was no answer of a recorder. */
  readonly status: number | undefined;
  readonly code: ErrorCode | 'unreachable' | 'not_a_recorder' | 'damaged' | 'exists' | 'incomplete';

  constructor(
    code: RecorderError['code'],
    message: string,
    options: ErrorOptions & { readonly status?: number } = {},
  ) {
    super(message, options);
    this.code = code;
    this.status = options.status;
  }
}
