import type { Traffic } from '../../services/shared/domain/traffic';
import { ask, type ChannelRow, type FunnelRow, type Rows } from '../summary/api';
import { numbers, readAnswerJson, readAnswers } from './answer-files';
import { type Comparison, compareTables, type Table } from './compare';

/** Where the answer files lie and who is asked. */
export interface Verification {
  readonly answers: string;
  /** Address of insights. */
  readonly api: string;
  readonly tenant: string;
  /** Which events are asked about. */
  readonly traffic: Traffic;
}

/** Events an hour by the name they were sent under. */
export async function hourlyCounts({
  answers,
  api,
  tenant,
  traffic,
}: Verification): Promise<Comparison> {
  const expected = readAnswers(answers, 'main_hourly_event_counts.csv', (row) => [
    `${row.hour_utc} ${row.event_name}`,
    numbers(row, 'events'),
  ]);
  interface CountRow {
    readonly start: string;
    readonly name: string;
    readonly events: number;
  }
  const question = { tenant, traffic, interval: 'hour' };
  const { rows } = await ask<Rows<CountRow>>(api, '/v1/counts', question);
  const actual = new Map(
    rows.map(({ start, name, events }) => [`${hourOf(start)} ${name}`, [events]] as const),
  );
  return compareTables('hourly counts', { expected, actual });
}

/** Distinct users an hour that did each step. */
export async function hourlyFunnelUsers(verification: Verification): Promise<Comparison> {
  const expected = readAnswers(verification.answers, 'main_hourly_funnel_users.csv', (row) => [
    row.hour_utc ?? '',
    numbers(row, 'users_view_item', 'users_add_to_cart', 'users_begin_checkout', 'users_purchase'),
  ]);
  const rows = await funnel(verification, { by: 'user', order: 'any', interval: 'hour' });
  const actual = new Map(rows.map((row) => [hourOf(row.start ?? ''), entered(row)]));
  return compareTables('hourly funnel users', { expected, actual }, { missingIsZero: true });
}

/** Distinct sessions a day that did each step. */
export async function dailyFunnelSessions(verification: Verification): Promise<Comparison> {
  const expected = readAnswers(verification.answers, 'main_daily_funnel_sessions.csv', (row) => [
    row.event_date ?? '',
    numbers(
      row,
      'sessions_view_item',
      'sessions_add_to_cart',
      'sessions_begin_checkout',
      'sessions_purchase',
    ),
  ]);
  const rows = await funnel(verification, { by: 'session', order: 'any', interval: 'day' });
  const actual = new Map(
    rows.map((row) => [(row.start ?? '').slice(0, 10).replaceAll('-', ''), entered(row)]),
  );
  return compareTables('daily funnel sessions', { expected, actual });
}

interface SummaryAnswers {
  readonly orders_dedup: number;
  readonly revenue_dedup: number;
  readonly ordered_funnel_sessions: Readonly<Record<string, number>>;
  readonly ordered_funnel_users_24h: Readonly<Record<string, number>>;
}

/** The deepest step reached in order: by session without a limit, by user within 24 hours. */
export async function orderedFunnels(verification: Verification): Promise<readonly Comparison[]> {
  const answers = readAnswerJson<SummaryAnswers>(verification.answers, 'main_summary.json');
  const compare = async (name: string, of: 'session' | 'user', windowHours: string) => {
    const question = { by: of, order: 'strict', windowHours, interval: 'total' };
    const [row] = await funnel(verification, question);
    const key = of === 'session' ? 'ordered_funnel_sessions' : 'ordered_funnel_users_24h';
    const expected = byStep(Object.values(answers[key]));
    return compareTables(name, { expected, actual: byStep(row === undefined ? [] : entered(row)) });
  };
  return [
    await compare('ordered funnel by session, no limit', 'session', 'none'),
    await compare('ordered funnel by user, 24 h', 'user', '24'),
  ];
}

function byStep(values: readonly number[]): Table {
  return new Map(values.map((value, step) => [`step ${step + 1}`, [value]]));
}

/** Sessions, users, orders and revenue by channel; self-referral skipped or not. */
export async function channels(
  { answers, api, tenant, traffic }: Verification,
  selfReferral: 'clean' | 'raw',
): Promise<Comparison> {
  const expected = readAnswers(answers, `main_channel_metrics_${selfReferral}.csv`, (row) => [
    row.channel ?? '',
    numbers(row, 'sessions', 'users', 'orders_dedup', 'revenue_usd'),
  ]);
  const question = { tenant, traffic, interval: 'total', selfReferral };
  const { rows } = await ask<Rows<ChannelRow>>(api, '/v1/channels', question);
  const actual = new Map(
    rows.map((row) => [
      row.channel,
      [row.sessions ?? 'none', row.users ?? 'none', row.orders, Number(row.revenue)],
    ]),
  );
  return compareTables(`channels, ${selfReferral}`, { expected, actual });
}

/** All orders and their revenue. */
export async function orders({ answers, api, tenant, traffic }: Verification): Promise<Comparison> {
  const summary = readAnswerJson<SummaryAnswers>(answers, 'main_summary.json');
  const question = { tenant, traffic, interval: 'total' };
  const { rows } = await ask<Rows<ChannelRow>>(api, '/v1/channels', question);
  const sum = (of: (row: ChannelRow) => number) => rows.reduce((all, row) => all + of(row), 0);
  const cents = sum(({ revenue }) => Math.round(Number(revenue) * 100));
  return compareTables('orders and revenue', {
    expected: new Map([['all', [summary.orders_dedup, summary.revenue_dedup]]]),
    actual: new Map([['all', [sum((row) => row.orders), cents / 100]]]),
  });
}

async function funnel(
  { api, tenant, traffic }: Verification,
  question: Readonly<Record<string, string>>,
): Promise<readonly FunnelRow[]> {
  return (await ask<Rows<FunnelRow>>(api, '/v1/funnel', { tenant, traffic, ...question })).rows;
}

function entered({ steps }: FunnelRow): readonly number[] {
  return steps.map((step) => step.entered);
}

function hourOf(start: string): string {
  return start.slice(0, 13);
}
