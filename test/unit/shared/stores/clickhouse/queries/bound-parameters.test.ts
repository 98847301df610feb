import { funnelSteps } from '../../../../../../services/shared/domain/funnel';
import { allTime } from '../../../../../../services/shared/domain/interval';
import {
  channelsFromFacts,
  storedChannels,
} from '../../../../../../services/shared/stores/clickhouse/queries/channels';
import { eventCounts } from '../../../../../../services/shared/stores/clickhouse/queries/counts';
import {
  orderedFunnel,
  stepCounts,
  storedFunnel,
} from '../../../../../../services/shared/stores/clickhouse/queries/funnel';
import {
  doubledByPartition,
  mayBeDoubled,
  outcomesByReason,
  rowsByPartition,
} from '../../../../../../services/shared/stores/clickhouse/queries/ledger';
import {
  firstShared,
  missingRanges,
  rowsAgainst,
} from '../../../../../../services/shared/stores/clickhouse/queries/ledger-rows';
import { conversionPaths } from '../../../../../../services/shared/stores/clickhouse/queries/paths';
import type { Query } from '../../../../../../services/shared/stores/clickhouse/queries/query';
import {
  arrivals,
  recentRecords,
} from '../../../../../../services/shared/stores/clickhouse/queries/recent-records';
import { isStale } from '../../../../../../services/shared/stores/clickhouse/queries/stuck-windows';
import { latestEventsOfUser } from '../../../../../../services/shared/stores/clickhouse/queries/user-events';

/** In place of every text that somebody else chooses. */
const hostile = "'; DROP TABLE events; --";
const scope = {
  ...allTime,
  tenant: hostile,
  traffic: 'clean' as const,
  zone: hostile,
  currency: hostile,
  interval: 'day' as const,
};
const ledger = { tenant: hostile, from: 1, to: 2 };
const funnel = { ...scope, by: 'session' as const, steps: funnelSteps };
const channels = { ...scope, selfReferral: 'clean' as const };

const queries: readonly (readonly [string, Query<unknown>])[] = [
  ['outcomesByReason', outcomesByReason(ledger)],
  ['rowsByPartition', rowsByPartition(ledger)],
  ['mayBeDoubled', mayBeDoubled(ledger)],
  ['doubledByPartition', doubledByPartition(ledger)],
  ['rowsAgainst', rowsAgainst([{ topic: hostile, partition: 0, firstOffset: 0, logEnd: 1 }])],
  ['missingRanges', missingRanges({ topic: hostile, partition: 0, from: 0, to: 1 }, 1)],
  ['firstShared', firstShared({ topic: hostile, partition: 0 })],
  ['eventCounts', eventCounts(scope)],
  ['orderedFunnel', orderedFunnel(funnel, 1000)],
  ['stepCounts', stepCounts(funnel)],
  ['storedFunnel', storedFunnel(funnel)],
  ['channelsFromFacts', channelsFromFacts(channels)],
  ['storedChannels', storedChannels(channels)],
  ['isStale', isStale('channel_1m', scope)],
  ['conversionPaths', conversionPaths({ ...scope, lookBackMs: 1, withAges: true })],
  [
    'recentRecords',
    recentRecords({
      ...{ tenant: hostile, now: 0, since: 0, limit: 1, outcomes: ['counted'], type: hostile },
      ...{ user: hostile, search: hostile },
    }),
  ],
  ['arrivals', arrivals({ tenant: hostile, since: 0, stepSeconds: 5 })],
  [
    'latestEventsOfUser',
    latestEventsOfUser({ tenant: hostile, id: hostile, from: 0, to: 1, limit: 1 }),
  ],
];

test.each(queries)(
  '%s has what was asked in its parameters and never in its text',
  (_name, query) => {
    expect(query.sql).not.toContain(hostile);
    expect(JSON.stringify(Object.values(query.params))).toContain(hostile);
  },
);

test.each(queries)('%s binds every parameter that it names', (_name, { sql, params }) => {
  const named = [...sql.matchAll(/\{(\w+):/g)].map(([, name]) => name);
  for (const name of named) expect(Object.keys(params)).toContain(name);
});
