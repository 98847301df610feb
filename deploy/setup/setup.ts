import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kafka } from 'kafkajs';
import { FatalError } from '../../services/shared/runtime/errors';
import type { Log } from '../../services/shared/runtime/log';
import { createRegistry } from '../../services/shared/runtime/registry';
import { retry } from '../../services/shared/runtime/retry';
import { projectRoot } from '../../services/shared/runtime/root';
import { topicsOf } from '../../services/shared/runtime/topics';
import { type ClickHouse, connectClickHouse } from '../../services/shared/stores/clickhouse/client';
import { type Migration, migrate } from '../../services/shared/stores/clickhouse/migrate';
import { recordFirstOffsets } from './first-offsets';
import { setUpSchemas } from './schemas';
import { setUpTopics } from './topics';

export interface SetupOptions {
  readonly kafka: Kafka;
  readonly registryUrl: string;
  readonly clickHouseUrl: string;
  readonly clickHouseDatabase: string;
  readonly topicPrefix: string;
  /** Of each topic; a topic that has more keeps them. */
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly log: Log;
}

/** Tables, schemas, topics and first offsets: everything the services expect to be there. Safe to
 *  repeat, and meant to be run before every start. Servers that do not answer yet are waited for;
 *  FatalError where what is there cannot be made right without a person. */
export async function setup(options: SetupOptions): Promise<void> {
  const { clickHouseUrl: url, clickHouseDatabase: database, log } = options;
  const patiently = <T>(what: string, step: () => Promise<T>): Promise<T> =>
    retry(step, {
      ...{ attempts: 20, baseMs: 200, maxMs: 3000 },
      onRetry: (error, attempt) => {
        const said = [{ why: error.message }, `${what}: trying again`] as const;
        // Topics that were made a moment ago may have no leader yet: that is no news.
        if (attempt > 2) log.warn(...said);
        else log.debug(...said);
      },
    });
  const topics = topicsOf(options.topicPrefix);
  const admin = options.kafka.admin();
  const registry = createRegistry({ registryUrl: options.registryUrl, timeoutMs: 10_000 });
  await patiently('database', () => createDatabase(url, database));
  const clickHouse = connectClickHouse({ url, database, application: 'setup' });
  try {
    const applied = await patiently('tables', () => migrate(clickHouse, readMigrations()));
    const schemas = { registry, clickHouse, topics };
    const registered = await patiently('schemas', () => setUpSchemas(schemas));
    const made = await patiently('topics', () => setUpTopics({ ...options, admin, topics }));
    await patiently('first offsets', () => recordFirstOffsets(admin, clickHouse, topics));
    log.info({ tables: applied, schemas: registered, topics: made }, 'set up');
  } finally {
    await clickHouse.close();
    await admin.disconnect();
  }
}

async function createDatabase(url: string, database: string): Promise<void> {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(database)) {
    throw new FatalError(`'${database}' is no name for a database: letters, digits and _ only`);
  }
  const clickHouse: ClickHouse = connectClickHouse({ url, database: 'default' });
  try {
    await clickHouse.command(`CREATE DATABASE IF NOT EXISTS ${database}`);
  } finally {
    await clickHouse.close();
  }
}

/** schemas/clickhouse/NNN-name.sql, in order. */
export function readMigrations(): readonly Migration[] {
  const folder = join(projectRoot, 'schemas', 'clickhouse');
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  return files.sort().map((name) => {
    const version = /^(\d+)-/.exec(name)?.[1];
    if (version === undefined) throw new FatalError(`${name} must begin with its number and -`);
    return { version: Number(version), name, sql: readFileSync(join(folder, name), 'utf8') };
  });
}
