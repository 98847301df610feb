import type { FastifyInstance } from 'fastify';
import type { LatencyReader } from '../../services/insights/latency';
import type { Decisions } from '../../services/insights/review';
import { type FactsReader, insightsRoutes } from '../../services/insights/routes';
import type { Interests } from '../../services/insights/users';
import { noOrderOutlier, type Tenant } from '../../services/shared/domain/tenant';
import { createHttp } from '../../services/shared/runtime/http';
import { createMetrics } from '../../services/shared/runtime/metrics';
import { noon } from './event-builders';
import { aClock } from './fake-clock';
import { keepingLog, type LogLine } from './log-lines';

export interface InsightsServer {
  /** What a GET answers. */
  get(url: string): Promise<Answered>;
  post(url: string, body: object): Promise<Answered>;
  /** Questions that reached a store, in order: the method's name and its arguments. */
  readonly asked: readonly (readonly [method: string, ...args: unknown[]])[];
  readonly lines: readonly LogLine[];
  readonly server: FastifyInstance;
}

// biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of an answer.
type Answered = { readonly status: number; readonly body: any };

interface Parts {
  readonly facts?: Partial<FactsReader>;
  readonly interests?: Partial<Interests>;
  readonly decisions?: Partial<Decisions>;
  readonly tenants?: readonly Tenant[];
  readonly latency?: LatencyReader;
  readonly tagEventsLookBackMs?: number;
}

export function aTenant(part: Partial<Tenant> = {}): Tenant {
  return {
    name: 'demo',
    writeKeyHashes: [],
    ownDomains: [],
    timeZone: 'Europe/Berlin',
    currency: 'USD',
    sourceCategories: new Map(),
    allowedAgents: [],
    allowedAddresses: [],
    orderOutlier: noOrderOutlier,
    ...part,
  };
}

/** The query API on stores that answer as given; the clock stands at `noon`. */
export async function anInsightsServer(parts: Parts = {}): Promise<InsightsServer> {
  const asked: [string, ...unknown[]][] = [];
  const { log, lines } = keepingLog();
  const server = createHttp({
    log,
    metrics: createMetrics('insights'),
    health: { live: {}, ready: {} },
    openapi: () => server.swagger(),
  });
  await insightsRoutes(server, {
    tenants: parts.tenants ?? [aTenant()],
    facts: recording(parts.facts ?? {}, asked) as FactsReader,
    interests: recording(parts.interests ?? {}, asked) as Interests,
    decisions: recording(parts.decisions ?? {}, asked) as Decisions,
    latency: parts.latency ?? { eventToTag: async () => [] },
    clock: aClock(noon),
    tagEventsLookBackMs: parts.tagEventsLookBackMs ?? 1000,
    tagEventsRead: 50,
    pages: new Map(),
    collectorUrl: 'http://127.0.0.1:8080',
  });
  const answered = ({ statusCode, payload }: { statusCode: number; payload: string }) => ({
    status: statusCode,
    body: JSON.parse(payload),
  });
  return {
    get: async (url) => answered(await server.inject({ method: 'GET', url })),
    post: async (url, payload) => answered(await server.inject({ method: 'POST', url, payload })),
    asked,
    lines,
    server,
  };
}

type Method = (...args: unknown[]) => Promise<unknown>;

function recording(methods: object, asked: [string, ...unknown[]][]): object {
  const entries = Object.entries(methods as Record<string, Method>).map(([name, method]) => [
    name,
    (...args: unknown[]) => {
      asked.push([name, ...args]);
      return method(...args);
    },
  ]);
  return Object.fromEntries(entries);
}
