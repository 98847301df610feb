import { isDeepStrictEqual } from 'node:util';
import { compareWindows } from '../../deploy/verify/windows';
import { coordinatesText, eventRow } from '../../services/shared/domain/event-row';
import { defaultConversionMs } from '../../services/shared/domain/funnel-report';
import type { JudgedEvent } from '../../services/shared/domain/outcome';
import type { Tenant } from '../../services/shared/domain/tenant';
import { readLedger } from '../../services/shared/stores/clickhouse/queries/ledger';
import { eventually } from '../support/eventually';
import { rightWindows, storedLines } from '../support/window-lines';
import { type Audit, auditedDecisions } from './auditor';
import { compareMeans, compareProfiles, compareTags } from './compare-users';
import type { Said } from './decisions';
import { type Expected, expectedOf } from './expected';
import type { Installation } from './installation';
import type { Part } from './part';

/** What a tenant's numbers are, against what they must be. */
export interface Comparison {
  readonly accepted: number;
  readonly redelivered: number;
  readonly lost: number;
  readonly doubled: number;
  readonly parts: readonly Part[];
  /** Everything that differs, of all parts; empty when all is exact. */
  readonly faults: readonly string[];
  /** What it was compared with. */
  readonly audit: Audit;
}

export interface Sent {
  readonly tenant: Tenant;
  /** What the collector said it has. */
  readonly messageIds: ReadonlySet<string>;
  /** Names of events whose rows ClickHouse was told to refuse. */
  readonly refused?: readonly string[];
  /** Decisions that were answered. */
  readonly said?: readonly Said[];
}

/** Compares everything there is of a tenant with the oracle, once nothing is left to do. `more`
 *  compares what is not there of every tenant, as the answers of a service that is not up. */
export async function compare(
  installation: Installation,
  { tenant, messageIds, refused = [], said = [] }: Sent,
  more: (expected: Expected) => Promise<readonly Part[]> = async () => [],
): Promise<Comparison> {
  const audit = await installation.auditor.audit(tenant.name);
  const { accepted, redelivered, changed } = audit;
  const places = new Set(accepted.map(({ source }) => coordinatesText(source)));
  const rows = await ledgerRows(installation, tenant.name, places);
  const expected = expectedOf(audit, rows, { tenant, refused });
  const sent = compareSent(audit, messageIds);
  const words = compareSaid(audit, said);
  const extra = rows.size - accepted.length;
  const parts = [
    sent,
    words,
    { of: 'verdicts delivered again', compared: redelivered, faults: changed },
    {
      of: 'rows of the ledger',
      compared: rows.size,
      faults: [
        ...expected.faults,
        ...(extra === 0 ? [] : [`${rows.size} rows for ${accepted.length} records`]),
      ],
    },
    await compareTags(installation, tenant.name, expected),
    await compareProfiles(installation, tenant.name, expected),
    await compareMeans(installation, tenant, expected),
    ...(await compareStoredWindows(installation, tenant, expected.facts)),
    await compareLedger(installation),
    ...(await more(expected)),
  ];
  return {
    ...{ accepted: accepted.length, redelivered, parts, audit },
    lost: expected.lost + sent.lost + words.faults.length,
    doubled: expected.doubled,
    faults: parts.flatMap(({ faults }) => faults),
  };
}

/** What the collector acknowledged against what is in the topics. */
function compareSent(
  { accepted }: Audit,
  messageIds: ReadonlySet<string>,
): Part & { readonly lost: number } {
  const ids = new Set(accepted.map(({ event }) => event.messageId));
  const missing = [...messageIds].filter((id) => !ids.has(id));
  const strange = [...ids].filter((id) => !messageIds.has(id));
  const faults = [
    ...missing.map((id) => `${id} was acknowledged and is in no topic`),
    ...strange.map((id) => `${id} was never sent`),
  ];
  return { of: 'acknowledged messages', compared: messageIds.size, faults, lost: missing.length };
}

/** Decisions that were answered against those in the review topic, by their notes. */
function compareSaid(audit: Audit, said: readonly Said[]): Part {
  const found = new Set(
    auditedDecisions(audit).map(({ decision, outcome, reason, event }) =>
      JSON.stringify([event?.messageId, decision?.note, `${outcome}/${reason}`]),
    ),
  );
  const isThere = ({ id, note, becomes }: Said) => found.has(JSON.stringify([id, note, becomes]));
  const missing = said.filter((one) => !isThere(one));
  const faults = missing.map(
    ({ id, note, becomes }) =>
      `'${note}', by which ${id} is ${becomes}, is not in the review topic`,
  );
  return { of: 'acknowledged decisions', compared: said.length, faults };
}

/** `outcome/reason` of every row of a tenant, by its coordinates. */
async function ledgerRows(
  { clickhouse }: Installation,
  tenant: string,
  accepted: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string>> {
  const rows = await clickhouse.rows(
    `SELECT concat(topic, '/', toString(partition), '/', toString(offset)) AS place, outcome, reason
       FROM events FINAL
      WHERE tenant = {tenant:String} OR (tenant = '' AND reason = 'row_refused')`,
    { tenant },
  );
  // What ClickHouse refused stands under no tenant; of those, this tenant's.
  const isOwn = (place: unknown, reason: unknown) =>
    reason !== 'row_refused' || accepted.has(String(place));
  const own = rows.filter(({ place, reason }) => isOwn(place, reason));
  return new Map(own.map(({ place, outcome, reason }) => [String(place), `${outcome}/${reason}`]));
}

/** Against the oracle in this language, and against one recomputation by the server. */
async function compareStoredWindows(
  { clickhouse, clickhouseUrl }: Installation,
  { name, timeZone }: Tenant,
  facts: readonly JudgedEvent[],
): Promise<readonly Part[]> {
  const zones = new Map([[name, timeZone]]);
  const rows = facts.map((fact) => eventRow(fact, Buffer.alloc(0)));
  const right = rightWindows(rows, zones);
  const stored = await storedLines(clickhouse, name);
  const keys = new Set([...right.keys(), ...stored.keys()]);
  const faults = [...keys]
    .filter((key) => !isDeepStrictEqual(stored.get(key), right.get(key)))
    .map(
      (key) => `${key}: ${JSON.stringify(stored.get(key))}, not ${JSON.stringify(right.get(key))}`,
    );
  const recomputed = await compareWindows({
    clickhouseUrl,
    database: clickhouse.database,
    zones,
    conversionWindowMs: defaultConversionMs,
    tenant: name,
  });
  const apart = recomputed.map(({ name, compared, differ, examples }) => ({
    ...{ of: `${name}, recomputed`, compared },
    faults: differ > 0 || compared === 0 ? [`recomputed ${name}: ${differ} ${examples}`] : [],
  }));
  return [{ of: 'stored windows', compared: keys.size, faults }, ...apart];
}

/** The ledger as the services keep it; the ends of the logs are written down a moment later. */
async function compareLedger({ clickhouse }: Installation): Promise<Part> {
  const everything = { tenant: null, from: null, to: null };
  const whole = async () => {
    const { accepted, unaccounted, doubled, reasons } = await readLedger(clickhouse, everything);
    const rows = reasons.reduce((sum, { events }) => sum + events, 0);
    if (accepted === rows && unaccounted === 0 && doubled === 0) return rows;
    throw new Error(
      `accepted ${accepted}, rows ${rows}, unaccounted ${unaccounted}, doubled ${doubled}`,
    );
  };
  try {
    const compared = await eventually(whole, {
      deadlineMs: 10_000,
      message: 'the ledger is closed',
    });
    return { of: 'the ledger, all tenants', compared, faults: [] };
  } catch (error) {
    const faults = [(error as Error).message];
    return { of: 'the ledger, all tenants', compared: 0, faults };
  }
}
