import { Command } from 'commander';
import { eventCodec, judgedEventCodec } from '../../services/shared/runtime/codecs';
import { readSettings } from '../../services/shared/runtime/config';
import { createKafka } from '../../services/shared/runtime/kafka';
import { createLog } from '../../services/shared/runtime/log';
import { partitionCounts } from '../../services/shared/runtime/partition-counts';
import { createPublisher, partitionOf } from '../../services/shared/runtime/publisher';
import { rawKeys, topicsOf } from '../../services/shared/runtime/topics';
import { connectClickHouse } from '../../services/shared/stores/clickhouse/client';
import {
  cameThrough,
  type DeadLetterFilter,
  deadLetters,
} from '../../services/shared/stores/clickhouse/queries/dead-letters';
import { ask, askOne } from '../../services/shared/stores/clickhouse/queries/query';
import { withServers } from '../local/servers';
import { setupSettings } from '../setup/config';
import { type RedriveDeps, redrive } from './redrive';

interface Options {
  readonly reason?: string;
  readonly topic?: string;
  readonly partition?: string;
  readonly offset?: string;
  readonly dryRun?: boolean;
}

/** Sends dead letters whose cause is mended again. Reads the variables that the services read. */
async function main(): Promise<void> {
  const options = readOptions();
  const settings = readSettings(setupSettings, withServers(process.env), []);
  const log = createLog('redrive', { level: 'error' });
  const kafka = createKafka({ clientId: 'tributary-redrive', ...settings, log });
  const { clickHouseUrl: url, clickHouseDatabase: database, registryUrl } = settings;
  const clickhouse = connectClickHouse({ url, database, application: 'redrive' });
  const topics = topicsOf(settings.topicPrefix);
  // Letters under made-up ids are why there are letters, and nobody is judged here.
  const mostUnknown = Number.POSITIVE_INFINITY;
  const raw = eventCodec({ registryUrl, topic: topics.click, mostUnknown });
  const judged = judgedEventCodec({ registryUrl, topic: topics.clean });
  const publisher = createPublisher({ kafka });
  const admin = kafka.admin();
  const names = rawKeys.map((key) => topics[key]);
  await raw.ready();
  const counts = await partitionCounts(admin, names);
  const send: RedriveDeps['send'] = (topic, key, message) =>
    publisher.publish(topic, partitionOf(key, counts.get(topic) ?? 1), [message]);
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const dryRun = options.dryRun ?? false;
  const letters = await ask(clickhouse, deadLetters(filterOf(options)));
  const { sent, done, left } = await redrive(letters, {
    ...{ raw, judged, topics: names, send, dryRun, say },
    async cameThrough(tenant, messageId) {
      return (await askOne(clickhouse, cameThrough(tenant, messageId))) > 0;
    },
  });
  const went = `${sent} ${dryRun ? 'would go' : 'sent'}`;
  say(`${letters.length} dead letters: ${went}, ${done} came through before, ${left} left`);
  await Promise.all([publisher.close(), admin.disconnect(), clickhouse.close()]);
}

function readOptions(): Options {
  return new Command('npm run redrive --')
    .description('sends dead letters whose cause is mended again; each counts once')
    .option('--reason <reason>', 'only those that died of it')
    .option('--topic <topic>', 'only those of this raw topic')
    .option('--partition <number>', 'only those of this partition')
    .option('--offset <number>', 'only the one at this offset')
    .option('--dry-run', 'says what would be sent, and sends nothing')
    .parse()
    .opts<Options>();
}

function filterOf({ reason, topic, partition, offset }: Options): DeadLetterFilter {
  const place = { partition: numberOf(partition), offset: numberOf(offset) };
  return { reason: reason ?? null, topic: topic ?? null, ...place };
}

function numberOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^\d+$/.test(text)) throw new Error(`'${text}' is no whole number`);
  return Number(text);
}

main().then(
  () => process.exit(0),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
);
