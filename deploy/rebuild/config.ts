import {
  claimSettings,
  clickHouseSettings,
  consumerSettings,
  kafkaSettings,
  logSettings,
  orderHistorySettings,
  profileSettings,
  redisStateSettings,
  registrySettings,
} from '../../services/shared/runtime/settings';

const { groupPrefix } = consumerSettings;

/** The same settings as the services have: what they wrote is written again. */
export const rebuildSettings = {
  ...logSettings,
  ...kafkaSettings,
  ...registrySettings,
  ...redisStateSettings,
  ...clickHouseSettings,
  ...claimSettings,
  ...profileSettings,
  ...orderHistorySettings,
  groupPrefix,
};
