import { setTimeout as sleep } from 'node:timers/promises';
import { histogramsBy } from '../../services/shared/domain/histogram';
import type { ChannelRow, FunnelRow, Ledger, Rows } from '../summary/api';
import type { Board } from './board';
import { ask, askHealth, sumOfCounter } from './questions';

export const panelServices = ['collector', 'cleaner', 'interests', 'metrics', 'insights'] as const;
export type PanelService = (typeof panelServices)[number];

export interface SourceOptions {
  /** Addresses of the services, without a path. */
  readonly urls: Readonly<Record<PanelService, string>>;
  /** Whose numbers; null where there is only one tenant. */
  readonly tenant: string | null;
  /** The id of the person to watch. */
  readonly followed: string;
  readonly signal: AbortSignal;
}

interface Source {
  /** Service and question, as faults name it. */
  readonly what: string;
  readonly read: () => Promise<void>;
}

/** Asks every service about once a second, and puts the answers on the board, until it is aborted. */
export async function readSources(options: SourceOptions, board: Board): Promise<void> {
  const { signal } = options;
  const readings = [
    keepReading([ledgerSource(options, board)], { signal, board }),
    keepReading(reportSources(options, board), { signal, board }),
    keepReading(personSources(options, board), { signal, board }),
    keepReading(metricSources(options, board), { signal, board }),
    keepReading(healthSources(options), { signal, board }),
  ];
  await Promise.all(readings);
}

const everyMs = 1_000;
/** What answers slowly is asked less often: a panel must not be the load that it shows. */
const restFactor = 2;

async function keepReading(
  sources: readonly Source[],
  { signal, board }: { signal: AbortSignal; board: Board },
): Promise<void> {
  while (!signal.aborted) {
    const started = Date.now();
    for (const { what, read } of sources) {
      const why = await read().then(
        () => null,
        (error: Error) => error.message,
      );
      if (signal.aborted) return;
      board.heardFrom(what, why, Date.now());
    }
    const tookMs = Date.now() - started;
    const restMs = Math.max(everyMs - tookMs, restFactor * tookMs);
    await sleep(restMs, undefined, { signal }).catch(() => {});
  }
}

function ledgerSource({ urls, signal }: SourceOptions, board: Board): Source {
  const url = `${urls.insights}/v1/ledger`;
  const readLedger = async () => board.takeLedger(await ask<Ledger>(url, {}, signal));
  return { what: 'insights /v1/ledger', read: readLedger };
}

/** One after the other: they keep ClickHouse busiest. */
function reportSources({ urls, tenant, signal }: SourceOptions, board: Board): readonly Source[] {
  const scope = tenant === null ? {} : { tenant };
  const api = urls.insights;
  return [
    {
      what: 'insights /v1/funnel',
      read: async () => {
        const parameters = { ...scope, interval: 'total', windowHours: '24' };
        const { rows } = await ask<Rows<FunnelRow>>(`${api}/v1/funnel`, parameters, signal);
        board.takeFunnel(rows[0]?.steps ?? []);
      },
    },
    {
      what: 'insights /v1/channels',
      read: async () => {
        const parameters = { ...scope, interval: 'total' };
        const { rows } = await ask<Rows<ChannelRow>>(`${api}/v1/channels`, parameters, signal);
        board.takeChannels(rows);
      },
    },
  ];
}

interface TagsAnswer {
  readonly tags: readonly { readonly tag: string; readonly weight: number }[];
}

interface ProfileAnswer {
  readonly segment: string;
  readonly lastChannel: string | null;
  readonly lastSeenAt: string | null;
}

/** What Redis keeps of the followed person; with no events behind the tags ClickHouse is not asked. */
function personSources(options: SourceOptions, board: Board): readonly Source[] {
  const { urls, tenant, followed, signal } = options;
  const scope = tenant === null ? {} : { tenant };
  const user = `${urls.insights}/v1/users/${encodeURIComponent(followed)}`;
  const readTags = async () => {
    const parameters = { ...scope, events: '0', limit: '40' };
    const { tags } = await ask<TagsAnswer>(`${user}/tags`, parameters, signal);
    board.takeTags(new Map(tags.map(({ tag, weight }) => [tag, weight])), Date.now());
  };
  const readProfile = async () => {
    const profile = await ask<ProfileAnswer | null>(user, scope, signal, { missing: null });
    board.takeProfile(profile === null ? null : { ...profile, lastSeenAt: timeOf(profile) });
  };
  return [
    { what: 'insights /v1/users/{id}/tags', read: readTags },
    { what: 'insights /v1/users/{id}', read: readProfile },
  ];
}

function timeOf({ lastSeenAt }: ProfileAnswer): number | null {
  return lastSeenAt === null ? null : Date.parse(lastSeenAt);
}

function metricSources({ urls, signal }: SourceOptions, board: Board): readonly Source[] {
  const page = (service: PanelService) =>
    ask<string>(`${urls[service]}/metrics`, {}, signal, { as: 'text' });
  const readReceived = async () => {
    const name = 'tributary_collector_events_total';
    const text = await page('collector');
    const events = ['accepted', 'refused'].reduce(
      (sum, result) => sum + sumOfCounter(name, { result }, text),
      0,
    );
    board.takeReceived(events, Date.now());
  };
  const readEventToTag = async () => {
    const name = 'tributary_event_to_tag_seconds';
    const live = histogramsBy('lane', name, await page('interests')).get('live');
    board.takeEventToTag(live ?? { count: 0, buckets: [] }, Date.now());
  };
  return [
    { what: 'collector /metrics', read: readReceived },
    { what: 'interests /metrics', read: readEventToTag },
  ];
}

function healthSources({ urls, signal }: SourceOptions): readonly Source[] {
  return panelServices.map((service) => ({
    what: service,
    read: () => askHealth(`${urls[service]}/readyz`, signal),
  }));
}
