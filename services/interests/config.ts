import {
  consumerSettings,
  faultSettings,
  httpSettings,
  kafkaSettings,
  logSettings,
  profileSettings,
  redisStateSettings,
  registrySettings,
} from '../shared/runtime/settings';

export const interestsSettings = {
  ...logSettings,
  ...faultSettings,
  ...kafkaSettings,
  ...registrySettings,
  ...consumerSettings,
  ...redisStateSettings,
  ...profileSettings,
  ...httpSettings('INTERESTS_PORT', 8092),
};
