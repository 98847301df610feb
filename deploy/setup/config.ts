import { setting } from '../../services/shared/runtime/config';
import { between, integer } from '../../services/shared/runtime/parser';
import {
  clickHouseSettings,
  kafkaSettings,
  logSettings,
  registrySettings,
} from '../../services/shared/runtime/settings';

export const setupSettings = {
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
};
