import { type Static, Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { type ChannelReport, channelRows } from '../shared/domain/channel-report';
import { amountText } from '../shared/domain/decimal';
import { type Interval, intervals } from '../shared/domain/interval';
import { type SelfReferral, selfReferralModes } from '../shared/domain/session';
import type { Tenant } from '../shared/domain/tenant';
import {
  amount,
  answersOf,
  isoNanoseconds,
  isoTimeOrNull,
  orNull,
  startOfRow,
  text,
  whole,
  windowRowsOf,
} from './answers';
import { queryOf, type Scope, scopeOf, scopeParameters, timeOf, wordOf } from './parameters';

export interface ChannelsReader {
  channels(
    filter: Scope & { interval: Interval; selfReferral: SelfReferral },
  ): Promise<ChannelReport>;
}

interface ChannelsDeps {
  readonly tenants: readonly Tenant[];
  readonly facts: ChannelsReader;
}

const query = queryOf({
  ...scopeParameters,
  interval: wordOf(intervals, 'Length of a row: hours are UTC, days those of the tenant.'),
  selfReferral: wordOf(
    selfReferralModes,
    'Whether an event that came from a site of the tenant itself may name the channel of a session (raw).',
  ),
});

const channelsAnswer = windowRowsOf(
  Type.Object({
    start: startOfRow,
    channel: text('Channel group.'),
    sessions: orNull(whole('Sessions that started; null in rows of another currency.')),
    users: orNull(whole('Distinct users of those sessions.')),
    orders: whole('Orders, each by its earliest copy, under the channel of their session.'),
    revenue: amount('Revenue of those orders'),
    currency: text('ISO 4217; that of the tenant first.'),
    revision: text(
      'When the facts of this row were read, by the clock of the database, nanoseconds.',
    ),
  }),
);

export function channelsRoutes(server: FastifyInstance, { tenants, facts }: ChannelsDeps): void {
  server.get<{ Querystring: Static<typeof query> }>(
    '/v1/channels',
    {
      schema: {
        summary: 'Sessions, users, orders and revenue by channel',
        querystring: query,
        response: answersOf(channelsAnswer),
      },
    },
    async ({ query }) => {
      const { interval, selfReferral } = query;
      const scope = scopeOf(query, tenants);
      const { parts, stale } = await facts.channels({ ...scope, interval, selfReferral });
      const from = timeOf(query.from, 'from');
      return {
        stale,
        rows: channelRows(parts, scope.currency).map((row) => ({
          start: isoTimeOrNull(row.start ?? from),
          channel: row.channel,
          sessions: row.sessions,
          users: row.users,
          orders: row.orders,
          revenue: amountText(row.revenueMinor, row.currency),
          currency: row.currency,
          revision: isoNanoseconds(row.version),
        })),
      };
    },
  );
}
