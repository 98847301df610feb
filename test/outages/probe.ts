import { setTimeout as sleep } from 'node:timers/promises';
import { createPost } from '../../deploy/replay/post';
import { writeKeyOf } from '../faults/installation';
import type { World } from './world';

/** Clicks of people who were never seen, and how long each takes to be a tag. */
export interface Probe {
  /** Message ids of all that were accepted. */
  readonly messageIds: Set<string>;
  /** From now on the delays are those of another time. */
  lap(): readonly number[];
  /** Resolves when every click is a tag. */
  stop(): Promise<void>;
  /** Sends nothing more and waits for nothing. */
  giveUp(): void;
}

const everyMs = 100;
const lookEveryMs = 5;
const giveUpAfterMs = 420_000;

export function startProbe({ installation, redis }: World, tenant: string): Probe {
  const messageIds = new Set<string>();
  const waiting = new Set<Promise<void>>();
  let delays: number[] = [];
  let isStopped = false;
  let hasGivenUp = false;

  async function click(nth: number): Promise<void> {
    const id = `probe-${nth}`;
    // Of the time in which it was clicked, however long it takes.
    const into = delays;
    const begun = Date.now();
    const message = {
      ...{ type: 'track', event: 'Product Viewed', messageId: id, anonymousId: id },
      timestamp: new Date(begun).toISOString(),
      properties: { product_id: 'p1', category: 'Probes' },
    };
    messageIds.add(id);
    const body = Buffer.from(JSON.stringify(message));
    while (!hasGivenUp && (await post(body)) !== 200) await sleep(100);
    await becomesATag(installation.keys.tags(tenant, id), begun);
    into.push(Date.now() - begun);
  }

  /** Asks each time where the collector is: one that was started again has another port. */
  async function post(body: Buffer): Promise<number> {
    const url = `${await installation.url('collector')}/v1/track`;
    const once = createPost({ url, writeKey: writeKeyOf(tenant), timeoutMs: 5000, maxSockets: 1 });
    return (await once(body)).status;
  }

  async function becomesATag(key: string, begun: number): Promise<void> {
    while (!hasGivenUp && Date.now() - begun < giveUpAfterMs) {
      if ((await redis.exists(key).catch(() => 0)) === 1) break;
      await sleep(lookEveryMs);
    }
  }

  const clicking = (async () => {
    for (let nth = 0; !isStopped; nth += 1) {
      const one = click(nth).finally(() => waiting.delete(one));
      waiting.add(one);
      await sleep(everyMs);
    }
  })();
  return {
    messageIds,
    lap() {
      const lap = delays;
      delays = [];
      return lap;
    },
    async stop() {
      isStopped = true;
      await clicking;
      await Promise.all(waiting);
    },
    giveUp() {
      isStopped = true;
      hasGivenUp = true;
    },
  };
}
