/** Something that is scraped on every tick. */
export interface Target {
  /** Unique among the targets: the column `target`. */
  readonly name: string;
  /** The node it runs on: the column `node`. Empty where it is not known. */
  readonly node: string;
  /** http(s)://host:port/path, without `at` or `collect[]`. */
  readonly url: string;
  /** Whom its certificate must name; absent: the host of the URL. */
  readonly serverName?: string;
  /** A kubemon exporter (a daemon) or any other Prometheus exporter, as far as discovery knows. */
  readonly role: 'daemon' | 'further';
  /** Kubernetes pod, as namespace/name, where discovery knows it. */
  readonly pod?: string;
  /** Whether Kubernetes holds it for ready; absent where nobody says. */
  readonly ready?: boolean;
  /** Where it stands among the targets of all shards; absent where there is one recorder. */
  readonly order?: string;
}
