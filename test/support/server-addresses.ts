export type ServerVariable =
  | 'KAFKA_BROKERS'
  | 'SCHEMA_REGISTRY_URL'
  | 'REDIS_URL'
  | 'CLICKHOUSE_URL';

/** The address of a real server that a test needs. Never skips: throws where there is none. */
export function addressOf(variable: ServerVariable): string {
  const address = process.env[variable];
  if (address) return address;
  throw new Error(`${variable} is not set: run this test with npm test, which brings the servers`);
}
