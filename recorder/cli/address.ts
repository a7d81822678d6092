const defaultPort = 9880;
export const defaultAddress = `localhost:${defaultPort}`;

/**
 * The base URL of `HOST`, `HOST:PORT`, `[::1]:9880` or `http(s)://HOST[:PORT]`.
 * @throws RangeError saying what is allowed.
 */
export function baseUrl(address: string): string {
  const [, scheme = 'http', authority = ''] = /^(?:(https?):\/\/)?([^/?#@\s]+)\/?$/.exec(address) ?? [];
  const text = `${scheme}://${authority}`;
  if (!URL.canParse(text)) {
    throw new RangeError('HOST, HOST:PORT or https://HOST:PORT');
  }
  const url = new URL(text);
  // URL hides a port that is the scheme's own.
  if (!/:\d+$/.test(authority)) url.port = String(defaultPort);
  return url.origin;
}
