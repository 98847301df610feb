import type { FailpointName } from '../../services/shared/runtime/failpoints';
import { eventually } from '../support/eventually';
import { type Acts, noActs } from './acts';
import { decideSome, type Said } from './decisions';
import type { Installation } from './installation';
import { foreignRow, offsetsWithoutRecord, rowRemoved } from './ledger-circumstances';
import { claimsLost } from './lost-claims';
import type { StreamRequest } from './stream';

/** What it takes for a failpoint to be passed at all. */
export interface Circumstances extends Acts {
  /** Names of further events, whose rows are refused. */
  readonly events: readonly string[];
  /** Orders of one user, each larger than the one before. */
  readonly orders: number;
  /** Between two requests of the stream. */
  readonly pauseMs: number;
  /** Passed once in the life of an installation: the case has one of its own. */
  readonly isFresh: boolean;
  /** Passed before the service is ready. */
  readonly isEarly: boolean;
  /** What persons say of it meanwhile. */
  decide(
    installation: Installation,
    tenant: string,
    requests: readonly StreamRequest[],
  ): Promise<readonly Said[]>;
}

const ordinary: Circumstances = {
  ...{ events: [], orders: 0, pauseMs: 30, isFresh: false, isEarly: false },
  ...noActs,
  decide: async () => [],
};

export function circumstancesOf(point: FailpointName): Circumstances {
  switch (point) {
    // A partition is noted when it was first worked on more than ten seconds ago.
    case 'cleaner.note_partition':
    case 'interests.note_partition':
      return { ...ordinary, pauseMs: 400 };
    // The first is remembered, and the others are above what is remembered.
    case 'cleaner.keep_evidence':
    case 'cleaner.remember_orders':
      return { ...ordinary, orders: 8, pauseMs: 200 };
    case 'cleaner.begin_state':
    case 'interests.begin_state':
      return { ...ordinary, isFresh: true, isEarly: true };
    case 'cleaner.reclaim':
    case 'cleaner.reclaim_evidence':
    case 'cleaner.reclaimed':
      return { ...ordinary, ...claimsLost, orders: 8, isEarly: true };
    case 'insights.publish_decision':
      return { ...ordinary, decide: decideSome };
    case 'metrics.publish_dead_letter':
      return refusedRow;
    // Asked for the first time as soon as the process runs.
    case 'metrics.record_ends':
      return { ...ordinary, isEarly: true };
    case 'metrics.set_aside':
    case 'metrics.mend':
      return windowAside;
    case 'metrics.resend':
      return { ...ordinary, ...rowRemoved };
    case 'metrics.write_voids':
      return { ...ordinary, ...offsetsWithoutRecord };
    case 'metrics.record_findings':
      return { ...ordinary, ...foreignRow };
    default:
      return ordinary;
  }
}

/** A row that the table refuses is a dead letter. */
export const refusedRow: Circumstances = {
  ...ordinary,
  events: ['Refused By The Table'],
  prepare: ({ clickhouse }) =>
    clickhouse.command(
      `ALTER TABLE events ADD CONSTRAINT poison CHECK name != '${refusedRow.events[0]}'`,
    ),
  cleanUp: ({ clickhouse }) =>
    clickhouse.command('ALTER TABLE events DROP CONSTRAINT IF EXISTS poison'),
};

/** A window that cannot be computed is set aside, and mended when it can be. */
const windowAside: Circumstances = {
  ...ordinary,
  prepare: ({ clickhouse }, tenant) =>
    clickhouse.command(
      `ALTER TABLE funnel_1h ADD CONSTRAINT poison
        CHECK toUInt8(if(tenant = '${tenant}' AND toHour(start) % 8 = 3, 'bad', '1')) = 1`,
    ),
  async relieve(installation, tenant) {
    const { clickhouse } = installation;
    await stuckWindows(installation, tenant, (stuck) => stuck > 0);
    await clickhouse.command('ALTER TABLE funnel_1h DROP CONSTRAINT poison');
    await stuckWindows(installation, tenant, (stuck) => stuck === 0);
  },
  cleanUp: ({ clickhouse }) =>
    clickhouse.command('ALTER TABLE funnel_1h DROP CONSTRAINT IF EXISTS poison'),
};

async function stuckWindows(
  { clickhouse }: Installation,
  tenant: string,
  isRight: (stuck: number) => boolean,
): Promise<void> {
  const count = async () => {
    const [row] = await clickhouse.rows(
      'SELECT count() AS windows FROM windows_stuck FINAL WHERE tenant = {tenant:String} AND stuck = 1',
      { tenant },
    );
    return isRight(Number(row?.windows));
  };
  await eventually(count, { deadlineMs: 120_000, message: 'windows are set aside, and mended' });
}
