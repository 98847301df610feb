import { readSettings, setting } from '../../services/shared/runtime/config';
import { FatalError, messageOf } from '../../services/shared/runtime/errors';
import { createKafka } from '../../services/shared/runtime/kafka';
import { createLog } from '../../services/shared/runtime/log';
import { between, integer } from '../../services/shared/runtime/parser';
import {
  clickHouseSettings,
  kafkaSettings,
  logSettings,
  registrySettings,
} from '../../services/shared/runtime/settings';
import { setup } from './setup';

const settings = readSettings(
  {
    ...logSettings,
    ...kafkaSettings,
    ...registrySettings,
    ...clickHouseSettings,
    partitions: setting(between(integer, { min: 1, max: 1000 }), {
      env: 'KAFKA_PARTITIONS',
      default: 4,
      doc: 'Partitions of each topic; more than before makes the topics grow.',
    }),
    replicationFactor: setting(between(integer, { min: 1, max: 10 }), {
      env: 'KAFKA_REPLICATION_FACTOR',
      default: 1,
      doc: 'Copies of each partition; 3 where there are three brokers.',
    }),
  },
  process.env,
);
const log = createLog('setup', { level: settings.logLevel });

setup({ ...settings, kafka: createKafka({ ...settings, clientId: 'tributary-setup', log }), log })
  .then(() => process.exit(0))
  .catch((error: unknown) => {
    const what = error instanceof FatalError ? error.message : `set-up failed: ${messageOf(error)}`;
    process.stderr.write(`${what}\n`, () => process.exit(1));
  });
