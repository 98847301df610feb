import { createPost } from '../../deploy/replay/post';
import { writeKeyOf } from '../faults/installation';
import { eventually } from '../support/eventually';
import { type OutageRow, ordinary } from './outage-row';
import { asideTenant, type World } from './world';

/** What COLLECTOR_ACK_TIMEOUT is by default, and some time for a busy machine. */
const answeredWithinMs = 10_000 + 2000;
const senders = 4;

/** Kafka stores what the collector sends, and the collector never hears of it. */
export const answersLost: OutageRow = {
  ...{ ...ordinary, name: 'kafka-answers-lost' },
  done: 'Kafka stores what the collector sends, and its answers are lost',
  async run(world, lastsMs) {
    const { links, installation } = world;
    const url = `${await installation.url('collector')}/v1/batch`;
    await links.kafka.break({ kind: 'swallow', what: 'answers' });
    const until = Date.now() + lastsMs;
    const asked = await Promise.all(
      Array.from({ length: senders }, (_, nth) => askUntil(until, `lost-${nth}`, url)),
    );
    await links.kafka.mend();
    const refused = asked.flat();
    const slowestMs = Math.max(...refused.map(({ ms }) => ms));
    const others = refused.filter(({ status }) => status !== 503);
    if (others.length > 0) throw new Error(`answers other than 503: ${JSON.stringify(others)}`);
    if (slowestMs > answeredWithinMs) throw new Error(`one 503 took ${slowestMs} ms`);
    const ids = refused.map(({ id }) => id);
    await Promise.all(ids.map((id) => sendUntilTaken(id, url)));
    const copies = await copiesOf(world, ids);
    return (
      `${refused.length} of ${refused.length} answered 503, the slowest after ${slowestMs} ms; sent ` +
      `again they are ${copies} records, ${ids.length} of them counted`
    );
  },
};

interface Answer {
  readonly id: string;
  readonly status: number;
  readonly ms: number;
}

async function askUntil(until: number, name: string, url: string): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  while (Date.now() < until) {
    const id = `${name}-${answers.length}`;
    const begun = Date.now();
    const { status } = await post(id, url);
    answers.push({ id, status, ms: Date.now() - begun });
  }
  return answers;
}

function post(id: string, url: string) {
  const send = createPost({
    ...{ url, writeKey: writeKeyOf(asideTenant) },
    ...{ timeoutMs: 30_000, maxSockets: 1 },
  });
  // The same bytes each time: a copy with another time would be another message.
  const message = { type: 'track', event: 'Product Viewed', messageId: id, anonymousId: id };
  const timestamp = '2026-02-01T10:00:00.000Z';
  return send(Buffer.from(JSON.stringify({ batch: [{ ...message, timestamp }] })));
}

async function sendUntilTaken(id: string, url: string): Promise<void> {
  const taken = async () => (await post(id, url)).status === 200;
  await eventually(taken, { deadlineMs: 60_000, message: `${id} is taken`, everyMs: 200 });
}

/** How many records there are of these messages, once each is counted, and exactly once. */
async function copiesOf(
  { installation: { clickhouse } }: World,
  ids: readonly string[],
): Promise<number> {
  const look = async () => {
    const [row] = await clickhouse.rows(
      `SELECT count() AS records, countIf(outcome = 'counted') AS counted,
       uniqExactIf(messageId, outcome = 'counted') AS different
  FROM events FINAL
 WHERE tenant = {tenant:String} AND startsWith(messageId, 'lost-')`,
      { tenant: asideTenant },
    );
    const [counted, different] = [Number(row?.counted), Number(row?.different)];
    if (counted > different) throw new Error(`${counted} counted, ${different} messages`);
    return different === ids.length ? Number(row?.records) : null;
  };
  return eventually(look, {
    deadlineMs: 60_000,
    message: 'every message is counted',
    everyMs: 500,
  });
}
