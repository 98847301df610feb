import { join } from 'node:path';
import { kafkaLaunch } from '../../deploy/local/kafka';
import { freePorts } from '../../deploy/local/ports';
import { launch } from '../../deploy/local/process';

/** A further broker of a cluster, apart from the servers that are started anyway. */
export interface AnotherBroker {
  readonly nodeId: number;
  /** SIGKILL. */
  kill(): Promise<void>;
}

/** Starts one beside the broker whose data is in `<dataDir>/kafka`. */
export async function startAnotherBroker(options: {
  readonly dataDir: string;
  readonly controllerPort: number;
}): Promise<AnotherBroker> {
  const { dataDir, controllerPort } = options;
  const plan = await kafkaLaunch({
    folder: join(dataDir, 'kafka-2'),
    logFile: join(dataDir, '..', 'logs', 'kafka-2.log'),
    ...{ port: (await freePorts()).kafka, controllerPort, joins: join(dataDir, 'kafka') },
  });
  const broker = await launch(plan, { spawned: () => {}, endedUnexpectedly: () => {} });
  return { nodeId: 2, kill: () => broker.kill() };
}
