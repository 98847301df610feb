import { ask, type ChannelRow, type Ledger, type Rows } from '../../deploy/summary/api';
import { attributionModels } from '../../services/shared/domain/attribution';
import {
  attributionReport,
  type PathInCurrency,
} from '../../services/shared/domain/attribution-report';
import { amountText } from '../../services/shared/domain/decimal';
import type { CleanEvent, Coordinates } from '../../services/shared/domain/event';
import { coordinatesText } from '../../services/shared/domain/event-row';
import { mergedPaths } from '../../services/shared/domain/paths-report';
import type { Tenant } from '../../services/shared/domain/tenant';
import { channelFigures, ordersOf } from '../support/oracle/channels';
import { pathsOf } from '../support/oracle/paths';
import { groupedBy, sessionsOf } from '../support/oracle/sessions';
import type { Expected } from './expected';
import type { Part } from './part';

/** Answers by what they are of; of numbers to 1e-9. */
type Table = ReadonlyMap<string, readonly (number | string)[]>;

const lookBackMs = 30 * 86_400_000;

/** What insights answers about a tenant, against the domain's own functions on the events that take
 *  effect: attribution by every model, paths, the ledger by reason, and the lists for reviewers. */
export async function compareAnswers(
  api: string,
  tenant: Tenant,
  { facts, ledger }: Expected,
): Promise<readonly Part[]> {
  const events = facts.flatMap(({ event }) => (event === null ? [] : [event]));
  const paths = pathsOf(events, lookBackMs);
  const question = { tenant: tenant.name };
  const report = attributionReport(attributionModels, paths, tenant.currency);
  const { models } = await ask<typeof report>(api, '/v1/attribution', {
    ...question,
    compare: 'all',
  });
  const channels = await ask<Rows<ChannelRow>>(api, '/v1/channels', question);
  const pathRows = await ask<Rows<PathRow>>(api, '/v1/paths', question);
  const { reasons } = await ask<Ledger>(api, '/v1/ledger', question);
  const lists = statuses.map(async (status) => {
    const right = [...ledger].filter(([, verdict]) => verdict.startsWith(`${status}/`));
    return compareTables(
      `review list, ${status}`,
      new Map((await reviewList(api, question, status)).map((key) => [key, []])),
      new Map(right.map(([place, verdict]) => [`${place} ${verdict}`, []])),
    );
  });
  return [
    compareTables('channels', channelTable(channels.rows), rightChannels(events, tenant)),
    compareTables('attribution, 8 models', creditsOf(models), creditsOf(report.models)),
    compareTables(
      'paths',
      pathTable(pathRows.rows),
      pathTable(
        mergedPaths(alikeTogether(paths), tenant.currency).map(({ revenueMinor, ...row }) => ({
          ...row,
          revenue: amountText(revenueMinor, row.currency),
        })),
      ),
    ),
    compareTables(
      'ledger by reason',
      new Map(reasons.map((row) => [`${row.outcome}/${row.reason}`, [row.events]])),
      countsOf([...ledger.values()]),
    ),
    ...(await Promise.all(lists)),
  ];
}

function channelTable(rows: readonly ChannelRow[]): Table {
  return new Map(
    rows.map(({ channel, currency, sessions, users, orders, revenue }) => [
      `${channel} in ${currency}`,
      [sessions ?? 'none', users ?? 'none', orders, Number(revenue)],
    ]),
  );
}

/** Sessions and users stand in the tenant's currency; other currencies have sales alone. */
function rightChannels(events: readonly CleanEvent[], { currency }: Tenant): Table {
  const table = new Map<string, readonly (number | string)[]>();
  const figures = channelFigures(sessionsOf(events), ordersOf(events), null);
  for (const [key, { sessions, users, sales }] of figures) {
    for (const one of new Set([currency, ...sales.keys()])) {
      const { orders, revenueMinor } = sales.get(one) ?? { orders: 0, revenueMinor: 0 };
      const visitors = one === currency ? [sessions, users] : ['none', 'none'];
      const revenue = Number(amountText(revenueMinor, one));
      table.set(`${key.slice(1)} in ${one}`, [...visitors, orders, revenue]);
    }
  }
  return table;
}

interface PathRow {
  readonly path: readonly string[];
  readonly currency: string;
  readonly conversions: number;
  readonly revenue: string;
  readonly nulls: number | null;
}

/** One entry for all orders on one path in one currency, and for all users who ordered nothing. */
function alikeTogether(paths: readonly PathInCurrency[]): readonly PathInCurrency[] {
  const groups = groupedBy(paths, ({ path, currency }) => JSON.stringify([path, currency]));
  return [...groups.values()].map((alike) => {
    const sum = (of: 'conversions' | 'revenueMinor' | 'nulls') =>
      alike.reduce((total, one) => total + one[of], 0);
    const { path = [], currency = '' } = alike[0] ?? {};
    const counts = { conversions: sum('conversions'), nulls: sum('nulls') };
    return { path, currency, agesMs: [], ...counts, revenueMinor: sum('revenueMinor') };
  });
}

function pathTable(rows: readonly PathRow[]): Table {
  return new Map(
    rows.map(({ path, currency, conversions, revenue, nulls }) => [
      `${path.join(' > ')} in ${currency}`,
      [conversions, Number(revenue), nulls ?? 'none'],
    ]),
  );
}

/** Every credit of every model in every currency, and what they add up to. */
function creditsOf(models: ReturnType<typeof attributionReport>['models']): Table {
  return new Map(
    models.flatMap(({ model, currency, credits, conversions, revenue }) => [
      [`${model} in ${currency}`, [conversions, Number(revenue)]] as const,
      ...credits.map(
        (credit) =>
          [
            `${model} in ${currency}: ${credit.channel}`,
            [credit.conversions, Number(credit.revenue)],
          ] as const,
      ),
    ]),
  );
}

function countsOf(verdicts: readonly string[]): Table {
  const counts = new Map<string, [number]>();
  for (const verdict of verdicts) counts.set(verdict, [(counts.get(verdict)?.[0] ?? 0) + 1]);
  return counts;
}

const statuses = ['held', 'collision', 'rejected', 'bot'] as const;

interface ListedRecord {
  readonly coordinates: Coordinates;
  readonly outcome: string;
  readonly reason: string;
}

/** All pages of a list; a record that stands in two of them stands twice. */
async function reviewList(
  api: string,
  question: { readonly tenant: string },
  status: (typeof statuses)[number],
): Promise<readonly string[]> {
  const keys: string[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const page: Rows<ListedRecord> & { readonly next: string | null } = await ask(
      api,
      '/v1/review',
      { ...question, status, limit: '100', ...(after !== '' && { after }) },
    );
    for (const { coordinates, outcome, reason } of page.rows) {
      const key = `${coordinatesText(coordinates)} ${outcome}/${reason}`;
      keys.push(keys.includes(key) ? `${key}, again` : key);
    }
    after = page.next;
  }
  return keys;
}

function compareTables(of: string, found: Table, wanted: Table): Part {
  const keys = new Set([...found.keys(), ...wanted.keys()]);
  const faults = [...keys].flatMap((key) => {
    const [is, right] = [found.get(key), wanted.get(key)];
    if (is !== undefined && right !== undefined && areAlike(is, right)) return [];
    return [`${of}: ${key}: ${is ?? 'missing'}, not ${right ?? 'there'}`];
  });
  return { of, compared: keys.size, faults };
}

function areAlike(some: readonly (number | string)[], others: typeof some): boolean {
  return some.every((one, at) => {
    const other = others[at];
    if (typeof one !== 'number' || typeof other !== 'number') return one === other;
    return Math.abs(one - other) <= 1e-9 * Math.max(1, Math.abs(other));
  });
}
