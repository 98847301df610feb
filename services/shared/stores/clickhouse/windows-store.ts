import { ClickHouseError } from '@clickhouse/client';
import type { FactRanges } from '../../domain/fact-ranges';
import type { Window, WindowChunk, WindowTable } from '../../domain/window';
import { TransientError } from '../../runtime/errors';
import type { ClickHouse } from './client';
import { type Reaches, touchedHoursSql, touchedMinutesSql } from './touched-windows';
import { recomputeSql } from './window-statements';

export interface WindowsStore {
  /** Windows that may have changed because these facts were written, which must be acknowledged. */
  touched(table: WindowTable, facts: FactRanges): Promise<readonly Window[]>;
  /** Computes the windows from facts and replaces each whole; idempotent, and of several writers the
   *  one that read last wins. TransientError: nobody's fault but the server's. Any other Error: these
   *  windows cannot be computed as they are; fewer of them might be. */
  recompute(table: WindowTable, chunk: WindowChunk): Promise<void>;
}

export interface WindowsStoreOptions extends Reaches {
  readonly clickhouse: Pick<ClickHouse, 'rows' | 'command'>;
  readonly versions: WindowVersions;
}

export interface WindowVersions {
  /** A version above all that are stored; TransientError where the server's clock gives none. Ask
   *  after the facts are acknowledged, and before they are read. */
  next(): Promise<bigint>;
}

export interface WindowVersionsOptions {
  readonly clickhouse: Pick<ClickHouse, 'rows'>;
  /** Told before each recomputation how far the server's clock is behind the highest version that is
   *  stored; over 0, nothing is recomputed until it has caught up. */
  readonly onClock: (behindSeconds: number) => void;
}

export function createWindowsStore(options: WindowsStoreOptions): WindowsStore {
  const { clickhouse, versions } = options;
  return {
    async touched(table, facts) {
      if (facts.isEmpty) return [];
      const { text, params } =
        table === 'channel_1m'
          ? touchedMinutesSql(facts, options)
          : touchedHoursSql(facts, options);
      const rows = await clickhouse.rows(text, params);
      return rows.flatMap(({ tenant, starts }) =>
        (starts as readonly number[]).map((start) => ({
          tenant: String(tenant),
          start: Number(start) * 1000,
        })),
      );
    },
    async recompute(table, chunk) {
      const version = await versions.next();
      const { text, params } = recomputeSql(table, chunk, { ...options, version });
      try {
        await clickhouse.command(text, params);
      } catch (error) {
        throw windowsFailure(error);
      }
    },
  };
}

/** Versions: the server's clock, in nanoseconds, never below one that is stored. A row under a lower
 *  version would be replaced by what stands there, computed from older facts. */
export function createWindowVersions({
  clickhouse,
  onClock,
}: WindowVersionsOptions): WindowVersions {
  let highest: bigint | null = null;
  async function next(): Promise<bigint> {
    highest ??= await ask(clickhouse, highestStored);
    // What is asked for side by side may be answered in another order.
    const floor = highest;
    const now = await ask(clickhouse, serverClock);
    const behindSeconds = now < floor ? Number(floor - now) / 1e9 : 0;
    onClock(behindSeconds);
    if (behindSeconds > 0) {
      const message = `ClickHouse's clock is ${behindSeconds.toFixed(3)} s below the highest window version`;
      throw new TransientError(message, { server: 'clickhouse' });
    }
    if (now > highest) highest = now;
    return now;
  }
  return { next };
}

/** A query of its own: within the INSERT it could be evaluated after facts were read. */
const serverClock = 'SELECT toUnixTimestamp64Nano(now64(9)) AS version';
const highestStored = `SELECT max(version) AS version
  FROM (SELECT version FROM channel_1m UNION ALL SELECT version FROM funnel_1h)`;

async function ask(clickhouse: Pick<ClickHouse, 'rows'>, sql: string): Promise<bigint> {
  const [row] = await clickhouse.rows(sql);
  return BigInt(String(row?.version ?? 0));
}

/** What too many or too large windows in one statement lead to. */
const tooMuch =
  /^(TIMEOUT_EXCEEDED|MEMORY_LIMIT_EXCEEDED|TOO_MANY_(ROWS|BYTES|ROWS_OR_BYTES|PARTS))$/;

function windowsFailure(error: unknown): unknown {
  if (!(error instanceof TransientError) || !(error.cause instanceof ClickHouseError)) return error;
  return tooMuch.test(error.cause.type ?? '') ? error.cause : error;
}
