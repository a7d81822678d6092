import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import { errorCode } from '../errno.ts';
import { messageOf } from '../messageOf.ts';

/** How an API server of Kubernetes is reached. The exporter sends it nothing but GET. */
export interface KubernetesApi {
  /** https://10.96.0.1:443 */
  readonly server: string;
  /** The namespace of whoever asks. */
  readonly namespace: string;
  /** Credentials and what the server is verified by; asked for before each request, since tokens expire. */
  options(): Promise<RequestOptions>;
}

/** The API server answered with another status than 200 or 201, or with something else than JSON. */
export class KubernetesApiError extends Error {
  override readonly name = 'KubernetesApiError';
  /** Of HTTP, or of the Status object in a watch. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Whether the API server answered with one of these statuses. */
export function isStatus(error: unknown, ...statuses: readonly number[]): boolean {
  return error instanceof KubernetesApiError && statuses.includes(error.status);
}

export type Query = Readonly<Record<string, string>>;

/**
 * Sends GET and resolves when the head of the answer is there.
 * @throws KubernetesApiError, or what the connection failed with.
 */
export async function getStream(
  api: KubernetesApi,
  path: string,
  query: Query,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return send(api, { method: 'GET', path, query }, signal);
}

/** What changes something. */
export interface Write {
  readonly method: 'POST' | 'PUT' | 'PATCH';
  readonly path: string;
  readonly query?: Query;
  readonly body: unknown;
  /** Of the body: application/merge-patch+json, say. */
  readonly type: string;
}

/** The object as it is afterwards. @throws as getJson. */
export async function writeJson(api: KubernetesApi, write: Write, signal: AbortSignal): Promise<unknown> {
  return JSON.parse(await text(await send(api, write, signal)));
}

async function send(
  api: KubernetesApi,
  {
    method,
    path,
    query = {},
    ...content
  }: Omit<Write, 'method' | 'body' | 'type'> & {
    readonly method: Write['method'] | 'GET';
    readonly body?: unknown;
    readonly type?: string;
  },
  signal: AbortSignal,
): Promise<IncomingMessage> {
  // A server may lie below a path, behind a proxy of several clusters.
  const url = new URL(`${api.server.replace(/\/$/, '')}${path}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const options = await api.options();
  const { body, type } = content;
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = url.protocol === 'http:' ? httpRequest : httpsRequest;
    const sent = request(url, { ...options, method, signal }, resolve).on('error', reject);
    if (type !== undefined) sent.setHeader('content-type', type);
    sent.end(payload);
  });
  const { statusCode = 0, headers } = response;
  if (statusCode !== 200 && statusCode !== 201)
    throw new KubernetesApiError(statusCode, messageIn(await text(response)));
  const answered = headers['content-type'] ?? 'nothing known';
  if (answered.startsWith('application/json')) return response;
  response.destroy();
  throw new KubernetesApiError(statusCode, `with ${answered}, not JSON, as a proxy on the way may answer`);
}

/** GET of one object or list. @throws as getStream, and SyntaxError when the answer is cut short. */
export async function getJson(
  api: KubernetesApi,
  path: string,
  query: Query,
  signal: AbortSignal,
): Promise<unknown> {
  return JSON.parse(await text(await getStream(api, path, query, signal)));
}

/** Of a Status object, which is what errors are answered with; a proxy in between may answer anything. */
function messageIn(body: string): string {
  try {
    const status: unknown = JSON.parse(body);
    if (typeof status === 'object' && status !== null && 'message' in status) return String(status.message);
  } catch {
    // No JSON.
  }
  return body.slice(0, 200).trim();
}

/** Why the API does not tell `what`, as a sentence for the person who must act. */
export function explainApiError({ server }: KubernetesApi, what: string, error: unknown): string {
  const api = `The Kubernetes API at ${server}`;
  if (error instanceof KubernetesApiError) {
    const { status, message } = error;
    if (status === 401)
      return `${api} does not accept the credentials (401 ${message}). Is the token expired?`;
    if (status === 403) return `${api} refuses ${what} (403): ${message}. Allow it by RBAC, as k8s/ does.`;
    return `${api} does not tell ${what}: ${status} ${message}.`;
  }
  const code = errorCode(error);
  const why = reasonOf(error, code);
  if (code === undefined) return `${api} does not tell ${what}: ${why}. It is tried again.`;
  if (/CERT|SIGNATURE/.test(code)) {
    return `${api} is not trusted: ${why}. Is its certificate authority right (certificate-authority in KUBECONFIG, ca.crt of the ServiceAccount), and this machine's clock? It is tried again.`;
  }
  return `${api} cannot be reached for ${what}: ${why}. It is tried again.`;
}

/** On one line; of several addresses that were tried in vain there is only the code. */
function reasonOf(error: unknown, code = ''): string {
  const message = messageOf(error).replaceAll(/\s+/g, ' ').trim();
  if (message === '') return code;
  return message.includes(code) ? message : `${code} (${message})`;
}
