import { isDeepStrictEqual } from 'node:util';
import { compareWindows } from '../../deploy/verify/windows';
import { applicationsOf } from '../../services/shared/domain/application';
import type { CleanEvent } from '../../services/shared/domain/event';
import { coordinatesText, eventRow } from '../../services/shared/domain/event-row';
import { defaultConversionMs } from '../../services/shared/domain/funnel-report';
import { type JudgedEvent, personVersionBase } from '../../services/shared/domain/outcome';
import type { Tenant } from '../../services/shared/domain/tenant';
import { currentWeightsVersion } from '../../services/shared/domain/weights';
import { readLedger } from '../../services/shared/stores/clickhouse/queries/ledger';
import { answerOf } from '../../services/shared/stores/redis/client';
import { createTags } from '../../services/shared/stores/redis/tags';
import { eventually } from '../support/eventually';
import { fakeTags } from '../support/fakes/tags';
import { tagsOf } from '../support/oracle/tags';
import { rightWindows, storedLines } from '../support/window-lines';
import type { Decided } from './decisions';
import { type Expected, expectedOf, type FoundRow } from './expected';
import type { Installation } from './installation';

/** What a tenant's numbers are, against what they must be. */
export interface Comparison {
  readonly accepted: number;
  readonly redelivered: number;
  readonly lost: number;
  readonly doubled: number;
  /** Everything that differs, a sentence each; empty when all is exact. */
  readonly faults: readonly string[];
}

export interface Sent {
  readonly tenant: Tenant;
  /** What the collector said it has. */
  readonly messageIds: ReadonlySet<string>;
  /** Names of events whose rows ClickHouse was told to refuse. */
  readonly refused?: readonly string[];
  /** What persons made of messages. */
  readonly decided?: Decided;
}

/** Compares everything there is of a tenant with the oracle, once nothing is left to do. */
export async function compare(
  installation: Installation,
  { tenant, messageIds, refused = [], decided = new Map() }: Sent,
): Promise<Comparison> {
  const { auditor } = installation;
  const { accepted, redelivered, changed } = await auditor.audit(tenant.name);
  const ids = new Set(accepted.map(({ event }) => event.messageId));
  const missing = [...messageIds].filter((id) => !ids.has(id));
  const strange = [...ids].filter((id) => !messageIds.has(id));
  const places = new Set(accepted.map(({ source }) => coordinatesText(source)));
  const rows = await ledgerRows(installation, tenant.name, places);
  const expected = expectedOf(accepted, rows, { tenant, refused, decided });
  const extra = rows.size - accepted.length;
  return {
    accepted: accepted.length,
    redelivered,
    lost: expected.lost + missing.length,
    doubled: expected.doubled,
    faults: [
      ...missing.map((id) => `${id} was acknowledged and is in no topic`),
      ...strange.map((id) => `${id} was never sent`),
      ...changed,
      ...expected.faults,
      ...(extra === 0 ? [] : [`${rows.size} rows for ${accepted.length} records`]),
      ...(await tagFaults(installation, tenant.name, expected)),
      ...(await profileFaults(installation, tenant.name, expected)),
      ...(await windowFaults(installation, tenant, expected.facts)),
      ...(await ledgerFaults(installation)),
    ],
  };
}

async function ledgerRows(
  { clickhouse }: Installation,
  tenant: string,
  accepted: ReadonlySet<string>,
): Promise<ReadonlyMap<string, FoundRow>> {
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
  return new Map(
    own.map(({ place, outcome, reason }) => [
      String(place),
      { outcome: String(outcome), reason: String(reason) },
    ]),
  );
}

async function tagFaults(
  { redis, keys }: Installation,
  tenant: string,
  { facts, retracted, unwritten }: Expected,
): Promise<readonly string[]> {
  const right = tagsOf(eventsOf([...facts, ...unwritten]), currentWeightsVersion);
  const faults: string[] = [];
  // What was taken back leaves the error of its sums.
  const all = eventsOf([...facts, ...unwritten, ...retracted, ...retracted]);
  for (const [id, touched] of tagsOf(all, currentWeightsVersion)) {
    const flat = await answerOf(redis.zrevrange(keys.tags(tenant, id), 0, -1, 'WITHSCORES'));
    const found = new Map<string, number>();
    for (let at = 0; at + 1 < flat.length; at += 2) found.set(flat[at] ?? '', Number(flat[at + 1]));
    for (const tag of new Set([...touched.keys(), ...found.keys()])) {
      const weight = right.get(id)?.get(tag)?.weight ?? 0;
      const scale = touched.get(tag)?.scale ?? 0;
      const is = found.get(tag) ?? 0;
      if (Math.abs(is - weight) > 1e-9 * scale) faults.push(`${id} ${tag}: ${is}, not ${weight}`);
    }
  }
  return faults;
}

function eventsOf(judged: readonly JudgedEvent[]): readonly CleanEvent[] {
  return judged.flatMap(({ event }) => (event === null ? [] : [event]));
}

/** Counts, last seen and last channel of every user; these two are not taken back. */
async function profileFaults(
  { redis, keys }: Installation,
  tenant: string,
  { facts, retracted, unwritten }: Expected,
): Promise<readonly string[]> {
  const [right, stored] = [fakeTags(), createTags(redis, keys)];
  const inOrder = [...facts, ...unwritten, ...retracted].sort(
    (a, b) => a.source.offset - b.source.offset,
  );
  const applications = inOrder.flatMap(applicationsOf);
  await right.apply(applications);
  const takenBack = { outcome: 'rejected', version: personVersionBase + 1 } as const;
  await right.apply(retracted.flatMap((one) => applicationsOf({ ...one, ...takenBack })));
  const faults: string[] = [];
  for (const id of new Set(applications.map((one) => one.id))) {
    const wanted = await right.readProfile(tenant, id);
    const found = await stored.readProfile(tenant, id);
    if (isDeepStrictEqual(found, wanted)) continue;
    faults.push(`profile of ${id}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
  }
  return faults;
}

/** Against the oracle in this language, and against one recomputation by the server. */
async function windowFaults(
  { clickhouse, clickhouseUrl }: Installation,
  { name, timeZone }: Tenant,
  facts: readonly JudgedEvent[],
): Promise<readonly string[]> {
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
  const apart = recomputed.filter(({ compared, differ }) => differ > 0 || compared === 0);
  return [...faults, ...apart.map((one) => `recomputed ${JSON.stringify(one)}`)];
}

/** The ledger as the services keep it; the ends of the logs are written down a moment later. */
async function ledgerFaults({ clickhouse }: Installation): Promise<readonly string[]> {
  const everything = { tenant: null, from: null, to: null };
  const whole = async () => {
    const { accepted, unaccounted, doubled, reasons } = await readLedger(clickhouse, everything);
    const rows = reasons.reduce((sum, { events }) => sum + events, 0);
    if (accepted === rows && unaccounted === 0 && doubled === 0) return 'closed';
    throw new Error(
      `accepted ${accepted}, rows ${rows}, unaccounted ${unaccounted}, doubled ${doubled}`,
    );
  };
  try {
    await eventually(whole, { deadlineMs: 30_000, message: 'the ledger is closed' });
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}
