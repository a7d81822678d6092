import {
  type Behaviour,
  type Exposition,
  kubemon,
  loopbackExporter,
  machine,
} from '../../recorder/run/loopbackExporter.ts';
import { addHostAddresses } from '../hostAddresses.ts';
import { endpointSlices, headlessService, type TestEndpoint } from './endpoints.ts';
import type { Manifest } from './kubectl.ts';

/** Exporters of so many nodes, each at an address of its own, which the cluster's pods reach, too. */
export interface ExporterAddresses {
  readonly endpoints: readonly TestEndpoint[];
  /** The port of all of them. */
  readonly port: number;
  /** The service that they stand behind, and its slices. */
  manifests(service: string): readonly Manifest[];
  /** Ends them, and takes the addresses away again. */
  close(): Promise<void>;
}

/**
 * Nodes node-001, node-002 and so on: one server, which answers what the node of the address shows.
 * @param show what a node shows; default: two containers of one process each.
 */
export async function startExporterAddresses(
  count: number,
  show: (node: string) => Exposition = machine,
): Promise<ExporterAddresses> {
  const answers = new Map<string, Behaviour>();
  const server = await loopbackExporter(
    (request, response) => answers.get(request.socket.localAddress ?? '')?.(request, response),
    '0.0.0.0',
  );
  const port = Number(new URL(server.url).port);
  const { addresses, remove } = await added(count, server.close);
  const endpoints = addresses.map((address, index) => {
    const node = `node-${String(index + 1).padStart(3, '0')}`;
    answers.set(address, kubemon(show(node)));
    return { address, node, pod: `exporter-${node}` };
  });
  return {
    endpoints,
    port,
    manifests: (service) => [headlessService(service), ...endpointSlices(service, endpoints, { port })],
    close: async () => {
      await server.close();
      remove();
    },
  };
}

async function added(
  count: number,
  close: () => Promise<void>,
): Promise<ReturnType<typeof addHostAddresses>> {
  try {
    return addHostAddresses(count);
  } catch (error) {
    await close();
    throw error;
  }
}
