import { RecorderClient } from '../../../recorder/index.ts';
import { freePort } from '../../support/freePort.ts';
import { startExporter } from '../../support/exporter.ts';
import { startKubemon } from '../../support/kubemon.ts';
import { until } from '../../support/until.ts';
import { fixtureMachine } from './fixtureMachine.ts';

export interface RunningRecorder {
  /** host:port */
  readonly address: string;
  readonly exporterAddress: string;
  readonly client: RecorderClient;
  stop(): Promise<void>;
}

/** A recorder and the exporter that it scrapes, each in a process of its own. */
export async function startRecorder(settings: Readonly<Record<string, string>>): Promise<RunningRecorder> {
  const exporter = await startExporter(fixtureMachine);
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const recorder = startKubemon(['recorder', '--recorder-port', String(port)], {
    TARGETS: `fixture=http://${exporter.address}/metrics`,
    ...settings,
  });
  const client = new RecorderClient({ host: address, token: 'open sesame' });
  await until('the recorder answers', () =>
    client.alive().then(
      () => true,
      () => {
        if (recorder.exitCode() !== undefined) throw new Error(recorder.output());
        return false;
      },
    ),
  );
  return {
    address,
    exporterAddress: exporter.address,
    client,
    stop: async () => {
      await Promise.all([recorder.stop(), exporter.stop()]);
    },
  };
}
