import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Post } from '../../deploy/replay/post';
import type { RedisKeys } from '../../services/shared/stores/redis/keys';

export interface ProbeOptions {
  readonly post: Post;
  readonly redis: Pick<Redis, 'pipeline'>;
  readonly keys: RedisKeys;
  readonly tenant: string;
  /** Begins the users' ids: nobody has clicked under one of them before. */
  readonly run: string;
  readonly everyMs: number;
}

/** One click and when its tag was there. */
export interface Click {
  /** Milliseconds UTC: when its request was begun. */
  readonly at: number;
  /** From then until Redis answered with the tag; null where it was not there within a minute. */
  readonly tookMs: number | null;
}

interface Waiting {
  readonly key: string;
  readonly at: number;
  readonly begun: number;
}

const category = 'Probe';
const tag = `category:${category}`;
/** How long a tag may have been there before it is seen: two milliseconds and the round trip. */
const pollMs = 2;
const givenUpMs = 60_000;

/** Clicks as new users, one after the other, and looks in Redis until each click's tag is there: what
 *  a recommender would see, by no clock but this process's own. Until it is aborted; those under way
 *  are waited for. Rejects where the collector takes none. */
export async function probe(options: ProbeOptions, signal: AbortSignal): Promise<readonly Click[]> {
  const clicks: Click[] = [];
  const waiting = new Set<Waiting>();
  const failures: Error[] = [];
  const clicking = clickOn(options, waiting, signal).catch((error: Error) => failures.push(error));
  while (failures.length === 0 && (!signal.aborted || waiting.size > 0)) {
    for (const click of await look(options.redis, waiting)) clicks.push(click);
    await sleep(pollMs);
  }
  await clicking;
  if (failures[0] !== undefined) throw failures[0];
  return clicks;
}

async function clickOn(
  { post, keys, tenant, run, everyMs }: ProbeOptions,
  waiting: Set<Waiting>,
  signal: AbortSignal,
): Promise<void> {
  const begunAt = performance.now();
  const sending: Promise<void>[] = [];
  for (let nth = 0; !signal.aborted; nth += 1) {
    const anonymousId = `probe-${run}-${nth}`;
    waiting.add({ key: keys.tags(tenant, anonymousId), at: Date.now(), begun: performance.now() });
    sending.push(click(post, anonymousId));
    const early = begunAt + (nth + 1) * everyMs - performance.now();
    await sleep(Math.max(0, early), undefined, { signal }).catch(() => {});
  }
  await Promise.all(sending);
}

async function click(post: Post, anonymousId: string): Promise<void> {
  const now = new Date().toISOString();
  const event = { event: 'Product Viewed', properties: { product_id: 'probe', category } };
  const message = { ...event, anonymousId, messageId: anonymousId, timestamp: now, sentAt: now };
  const { status, text } = await post(Buffer.from(JSON.stringify(message)));
  if (status !== 200) throw new Error(`a click of the probe was answered ${status}: ${text}`);
}

/** Asks for every tag that is waited for, in one round trip. */
async function look(redis: ProbeOptions['redis'], waiting: Set<Waiting>): Promise<Click[]> {
  if (waiting.size === 0) return [];
  const asked = [...waiting];
  const pipeline = redis.pipeline();
  for (const { key } of asked) pipeline.zscore(key, tag);
  const answers = (await pipeline.exec()) ?? [];
  const now = performance.now();
  return asked.flatMap((one, index) => {
    const [error, score] = answers[index] ?? [null, null];
    if (error) throw error;
    const tookMs = now - one.begun;
    if (score === null && tookMs < givenUpMs) return [];
    waiting.delete(one);
    return [{ at: one.at, tookMs: score === null ? null : tookMs }];
  });
}
