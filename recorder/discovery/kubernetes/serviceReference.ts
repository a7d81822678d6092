/** A service whose endpoints are scraped: one entry of SERVICE_NAME. */
export interface ServiceReference {
  /** Undefined: the recorder's own. */
  readonly namespace: string | undefined;
  readonly service: string;
  /** Name or number; undefined: the only one, or the one named metrics. */
  readonly port: string | undefined;
  readonly path: string;
}

/** As SERVICE_NAME would name it in full: shop/cart:8080/metrics */
export function entryOf({
  namespace,
  service,
  port,
  path,
}: ServiceReference & { readonly namespace: string }): string {
  return `${namespace}/${service}${port === undefined ? '' : `:${port}`}${path}`;
}

const label = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';
const entryPattern = new RegExp(
  `^(?:(?<namespace>${label})/)?(?<service>${label})(?::(?<port>[-a-z0-9]{1,15}))?(?<path>/\\S*)?$`,
);

/**
 * Reads SERVICE_NAME: `kubemon-exporter,shop/cart:8080/actuator/prometheus`. A path needs a namespace or
 * a port before it: in `a/b`, a is the namespace and b the service.
 * @throws RangeError saying what is allowed.
 */
export function parseServices(text: string): readonly ServiceReference[] {
  const services = text
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map(parseService);
  const distinct = new Set(services.map((service) => JSON.stringify(service)));
  if (distinct.size < services.length) throw new RangeError(`${allowed}, with none twice`);
  return services;
}

const allowed = 'services as [namespace/]service[:port][/path], separated by commas';

function parseService(entry: string): ServiceReference {
  const { namespace, service, port, path = '/metrics' } = entryPattern.exec(entry)?.groups ?? {};
  if (service === undefined || !isPort(port)) {
    throw new RangeError(`${allowed}, which "${entry}" is not`);
  }
  return { namespace, service, port, path };
}

/** A number that TCP knows, or a name. */
function isPort(port: string | undefined): boolean {
  if (port === undefined || !/^\d+$/.test(port)) return true;
  return Number(port) >= 1 && Number(port) <= 65_535;
}
