import { Command } from 'commander';
import type { Redis } from 'ioredis';
import { readSettings } from '../../services/shared/runtime/config';
import { createKafka } from '../../services/shared/runtime/kafka';
import { createLog } from '../../services/shared/runtime/log';
import { createRegistry } from '../../services/shared/runtime/registry';
import { consumerSettings, redisSettings } from '../../services/shared/runtime/settings';
import { topicsOf } from '../../services/shared/runtime/topics';
import { connectClickHouse } from '../../services/shared/stores/clickhouse/client';
import { connectRedis } from '../../services/shared/stores/redis/client';
import { withServers } from '../local/servers';
import { setupSettings } from '../setup/config';
import { servicePlans, urlOf } from '../start/service-plans';
import { type Examination, examineInTurn, renderFindings } from './finding';
import { kafkaExaminations } from './kafka';
import { type ServiceUrls, serviceExaminations } from './services';
import { clickHouseExaminations, redisExaminations, registryExaminations } from './stores';

const table = { ...setupSettings, ...consumerSettings, ...redisSettings };

/**
 * Looks at every server, topic, schema, table, service and lag, and says what is wrong in a sentence
 * each. Reads the variables that the services read, and changes nothing. Exits 1 where anything is
 * wrong.
 */
async function main(): Promise<number> {
  const env = withServers(process.env);
  const settings = readSettings(table, env, []);
  const log = createLog('doctor', { level: 'error' });
  const kafka = createKafka({ clientId: 'tributary-doctor', ...settings, log });
  const registry = createRegistry({ ...settings, timeoutMs: settings.registryTimeoutMs });
  const turns: readonly (readonly Examination[])[] = [
    kafkaExaminations({ ...settings, admin: kafka.admin() }),
    registryExaminations(registry, topicsOf(settings.topicPrefix)),
    redisExaminations(redisOf(settings.redisUrl), hostOf(settings.redisUrl)),
    clickHouseExaminations(
      connectClickHouse({
        url: settings.clickHouseUrl,
        database: settings.clickHouseDatabase,
        application: 'doctor',
      }),
      hostOf(settings.clickHouseUrl),
    ),
    ...serviceExaminations(readUrls(env)),
  ];
  const findings = (await Promise.all(turns.map(examineInTurn))).flat();
  process.stdout.write(`${renderFindings(findings)}\n`);
  return findings.every(({ isWell }) => isWell) ? 0 : 1;
}

function redisOf(url: string): Redis {
  return connectRedis({ url, commandTimeoutMs: 5000, onDown: () => {}, onUp: () => {} });
}

/** An address without its password. */
function hostOf(url: string): string {
  return new URL(url).host;
}

/** Addresses of the services, from the command line or where `npm start` has them. */
function readUrls(env: NodeJS.ProcessEnv): ServiceUrls {
  const command = new Command('npm run doctor --').description('says what is wrong, if anything');
  for (const plan of servicePlans) {
    const local = urlOf(plan.name, env);
    command.option(`--${plan.name} <url>`, `where ${plan.name} listens`, local);
  }
  return command.parse().opts<ServiceUrls>();
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
);
