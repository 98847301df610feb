import { readLedger } from '../../services/shared/stores/clickhouse/queries/ledger';
import { eventually } from '../support/eventually';
import { type Acts, noActs } from './acts';
import type { Installation } from './installation';

const partition = 0;

/** A row of the tenant is gone from the table: its record is sent through again. */
export const rowRemoved: Acts = {
  ...noActs,
  async relieve({ clickhouse }, tenant) {
    const first = async () => {
      const rows = await clickhouse.rows(
        `SELECT topic, partition, offset FROM events FINAL
          WHERE tenant = {tenant:String} AND outcome = 'counted'
          ORDER BY topic, partition, offset LIMIT 1`,
        { tenant },
      );
      return rows[0];
    };
    const removed = await eventually(first, { deadlineMs: 120_000, message: 'there is a row' });
    const at = `topic = '${removed.topic}' AND partition = ${removed.partition} AND offset = ${removed.offset}`;
    await clickhouse.command(`ALTER TABLE events DELETE WHERE ${at} SETTINGS mutations_sync = 1`);
    const isBack = async () => {
      const [row] = await clickhouse.rows(`SELECT count() AS rows FROM events FINAL WHERE ${at}`);
      return Number(row?.rows) === 1;
    };
    await eventually(isBack, { deadlineMs: 120_000, message: 'the removed row is made again' });
  },
};

/** Offsets of an aborted transaction: no consumer ever sees a record there. */
export const offsetsWithoutRecord: Acts = {
  ...noActs,
  async prepare({ kafka, topics }, tenant) {
    const producer = kafka.producer({
      ...{ transactionalId: tenant, idempotent: true, maxInFlightRequests: 1 },
      allowAutoTopicCreation: false,
    });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic: topics.click, messages: [{ partition, value: 'aborted' }] });
    await transaction.abort();
    await producer.disconnect();
  },
};

const foreignId = 'no-record-has-this';
/** Far beyond what the log will ever reach here. */
const foreignOffset = 1_000_000;

const removeForeign = ({ clickhouse }: Installation) =>
  clickhouse.command(
    `ALTER TABLE events DELETE WHERE messageId = '${foreignId}' SETTINGS mutations_sync = 1`,
  );

async function untilForeignRows(
  { clickhouse }: Installation,
  isRight: (found: number) => boolean,
): Promise<void> {
  const isSo = async () => {
    const { findings } = await readLedger(clickhouse, { tenant: null, from: null, to: null });
    const found = findings.find((one) => one.offset === foreignOffset);
    return isRight(found?.records ?? 0);
  };
  await eventually(isSo, { deadlineMs: 120_000, message: 'what was found is written down' });
}

/** A row for which there is no record: that is written down, and, once it is gone, that too. */
export const foreignRow: Acts = {
  ...noActs,
  async relieve(installation) {
    const { clickhouse, topics } = installation;
    const now = new Date().toISOString().replace('T', ' ').slice(0, -1);
    const times = { eventAt: now, receivedAt: now, appendedAt: now };
    const place = { topic: topics.click, partition, offset: foreignOffset };
    await clickhouse.insert('events', [
      { ...place, outcome: 'counted', reason: 'clean', messageId: foreignId, ...times },
    ]);
    await untilForeignRows(installation, (found) => found === 1);
    await removeForeign(installation);
    await untilForeignRows(installation, (found) => found === 0);
  },
  cleanUp: removeForeign,
};
