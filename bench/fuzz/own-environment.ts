import { freePorts, type Ports, portVariables } from '../../deploy/local/ports';

/** One sender, one address, and one request in a few refused: none of that is to be slowed down, or stopped. */
const unlimited = {
  COLLECTOR_KEY_EVENTS_PER_SECOND: '10000000',
  COLLECTOR_KEY_REFUSED_PER_SECOND: '10000000',
  COLLECTOR_ADDRESS_REQUESTS_PER_SECOND: '10000000',
  COLLECTOR_ADDRESS_REFUSALS_PER_SECOND: '10000000',
  // There is more rubbish than anything else, and it is on purpose.
  DECODE_BREAKER: 'false',
};

const services = ['COLLECTOR', 'CLEANER', 'INTERESTS', 'METRICS', 'INSIGHTS'];

/** Ports, topics, keys and a database that nobody else has, on servers that nobody else has where the
 *  environment names none. */
export async function ownEnvironment(given: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const name = `fuzz_${Date.now().toString(36)}`;
  const serverPorts = Object.entries(await freePorts()) as [keyof Ports, number][];
  const servicePorts = Object.values(await freePorts());
  return {
    ...given,
    ...unlimited,
    ...Object.fromEntries(serverPorts.map(([key, port]) => [portVariables[key], String(port)])),
    ...Object.fromEntries(services.map((key, nth) => [`${key}_PORT`, String(servicePorts[nth])])),
    ...{ TOPIC_PREFIX: `${name}.`, KAFKA_GROUP_PREFIX: `${name}.`, KAFKA_PARTITIONS: '4' },
    ...{ REDIS_KEY_PREFIX: `${name}:`, CLICKHOUSE_DATABASE: name },
  };
}
