import { setTimeout as sleep } from 'node:timers/promises';
import type { Post } from '../../deploy/replay/post';

export interface HotUserOptions {
  readonly post: Post;
  /** Begins the user's id and the message ids. */
  readonly run: string;
  /** Events a second; a million an hour is 278. */
  readonly rate: number;
}

const everyMs = 100;

/** One user who never pauses: every 100 ms a request with what fell due. Until it is aborted; resolves
 *  to the events sent. Rejects where the collector takes none. */
export async function hotUser(
  { post, run, rate }: HotUserOptions,
  signal: AbortSignal,
): Promise<number> {
  const begunAt = performance.now();
  let sent = 0;
  while (!signal.aborted) {
    const due = Math.floor(((performance.now() - begunAt) / 1000) * rate);
    const now = new Date().toISOString();
    const batch = Array.from({ length: due - sent }, (_, index) => view(run, sent + index, now));
    if (batch.length > 0) {
      const { status, text } = await post(Buffer.from(JSON.stringify({ batch, sentAt: now })));
      if (status !== 200) throw new Error(`the hot user was answered ${status}: ${text}`);
    }
    sent = due;
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
  return sent;
}

function view(run: string, nth: number, timestamp: string): object {
  return {
    ...{ type: 'track', event: 'Product Viewed', anonymousId: `hot-${run}`, timestamp },
    messageId: `hot-${run}-${nth}`,
    properties: { product_id: `hot-${nth % 1000}`, category: `Hot ${nth % 20}` },
  };
}
