/** An answer of the control API. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Calls `path` of the recorder at `url`. */
export async function apiCall(
  url: string,
  method: string,
  path: string,
  init: RequestInit = {},
): Promise<Answered> {
  const response = await fetch(url + path, { method, ...init });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the expectations look at it
  const body = (await response.json()) as Answered['body'];
  return { status: response.status, headers: response.headers, body };
}

/** The body of a refusal. */
export function refusal(code: string, message: unknown): unknown {
  return { message, error: { code, message } };
}
