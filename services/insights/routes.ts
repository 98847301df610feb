import type { FastifyInstance } from 'fastify';
import type { Tenant } from '../shared/domain/tenant';
import type { Clock } from '../shared/runtime/clock';
import { collectOpenapi } from '../shared/runtime/openapi';
import { attributionRoutes, type PathsReader } from './attribution';
import { type ChannelsReader, channelsRoutes } from './channels';
import { type CountsReader, countsRoutes } from './counts';
import { eventsRoutes, type RecordsReader } from './events';
import { type FunnelReader, funnelRoutes } from './funnel';
import { installationRoutes } from './installation';
import { type LatencyReader, latencyRoutes } from './latency';
import { type LedgerReader, ledgerRoutes } from './ledger';
import { pagesRoutes } from './pages';
import { parameterFault, refuseUnknownParameters } from './parameters';
import { type RecentReader, recentRoutes } from './recent';
import { type Decisions, type ReviewReader, reviewRoutes } from './review';
import { type Interests, type UserEventsReader, usersRoutes } from './users';

/** What is read of ClickHouse: one method a question. */
export type FactsReader = LedgerReader &
  CountsReader &
  FunnelReader &
  ChannelsReader &
  PathsReader &
  RecordsReader &
  ReviewReader &
  RecentReader &
  UserEventsReader;

export interface InsightsDeps {
  readonly tenants: readonly Tenant[];
  readonly facts: FactsReader;
  readonly interests: Interests;
  readonly decisions: Decisions;
  readonly latency: LatencyReader;
  readonly clock: Clock;
  readonly tagEventsLookBackMs: number;
  readonly tagEventsRead: number;
  readonly collectorUrl: string;
  readonly pages: ReadonlyMap<string, Buffer>;
}

/** Puts the query API and the collection of its OpenAPI document (`server.swagger()`) on a server.
 *  400 says which parameter is wrong, 404 that there is no such user or message, 409 that a decision
 *  makes no sense, 503 that a server cannot be asked now. */
export async function insightsRoutes(server: FastifyInstance, deps: InsightsDeps): Promise<void> {
  await collectOpenapi(server, {
    title: 'Tributary insights',
    description:
      'What became of every event, and what the counted ones say. Times are ISO 8601 UTC, `from` is ' +
      'included and `to` is not; amounts are decimal strings in a named currency.',
  });
  pagesRoutes(server, deps);
  await server.register(async (api) => {
    api.addHook('preValidation', refuseUnknownParameters);
    api.setSchemaErrorFormatter(([fault]) => parameterFault(fault));
    ledgerRoutes(api, deps);
    countsRoutes(api, deps);
    funnelRoutes(api, deps);
    channelsRoutes(api, deps);
    attributionRoutes(api, deps);
    usersRoutes(api, deps);
    recentRoutes(api, deps);
    eventsRoutes(api, deps);
    reviewRoutes(api, deps);
    latencyRoutes(api, deps);
    installationRoutes(api, deps);
  });
}
