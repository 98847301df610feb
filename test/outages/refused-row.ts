import { refusedRow } from '../faults/circumstances';
import { aStream, send } from '../faults/stream';
import { eventually } from '../support/eventually';
import { type OutageRow, ordinary } from './outage-row';

const landWithinMs = 60_000;

/** One row makes the table refuse the whole insert that it comes in. */
export const rowRefused: OutageRow = {
  ...{ ...ordinary, name: 'clickhouse-refuses-a-row', leavesTags: true },
  done: 'a constraint of the events table refuses one row among many',
  refused: refusedRow.events,
  async run({ installation }, _lastsMs, { tenant: name, seed, sent }) {
    const tenant = installation.tenant(name);
    await refusedRow.prepare(installation, name, []);
    try {
      const requests = aStream({
        ...{ tenant, people: 30, seed: 10_000 + seed, extra: refusedRow.events },
        ...{ idPrefix: 'beside-', mostMessages: 400 },
      });
      const collectorUrl = () => installation.url('collector');
      const begun = Date.now();
      const ids = await send(requests, { tenant: name, collectorUrl, pauseMs: 0 });
      sent(ids);
      const landed = async () => {
        const [row] = await installation.clickhouse.rows(
          `SELECT uniqExact(messageId) AS landed FROM events FINAL
            WHERE tenant = {tenant:String} AND startsWith(messageId, 'beside-')`,
          { tenant: name },
        );
        return Number(row?.landed) === [...ids].filter((id) => id.startsWith('beside-')).length;
      };
      await eventually(landed, { deadlineMs: landWithinMs, message: 'its neighbours are there' });
      const took = Date.now() - begun;
      const isDead = async () => {
        const [row] = await installation.clickhouse.rows(
          "SELECT count() AS rows FROM events FINAL WHERE reason = 'row_refused'",
        );
        return Number(row?.rows) >= 1;
      };
      await eventually(isDead, { deadlineMs: landWithinMs, message: 'it is a dead letter' });
      return `${ids.size} messages that came with it are there after ${took} ms; it is a dead letter`;
    } finally {
      await refusedRow.cleanUp(installation);
    }
  },
};
