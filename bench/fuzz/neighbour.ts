import { setTimeout as sleep } from 'node:timers/promises';
import { openConnection } from './connection';

export interface Neighbour {
  /** Ends it; how many sound requests were answered, and how long the slowest of them took. */
  stop(): Promise<{
    readonly answered: number;
    readonly failed: number;
    readonly p99Ms: number;
    readonly slowestMs: number;
  }>;
}

const everyMs = 20;

/** A client that does nothing wrong, on a connection of its own, beside those that do. */
export function startNeighbour(port: number, writeKey: string): Neighbour {
  const tookMs: number[] = [];
  let stopped = false;
  let failed = 0;
  const running = ask();

  async function ask(): Promise<void> {
    const connection = await openConnection(port);
    for (let number = 0; !stopped; number += 1) {
      const begunAt = performance.now();
      connection.send(aSoundRequest(writeKey, number));
      const answer = await connection.answer();
      if (answer?.status === 200) tookMs.push(performance.now() - begunAt);
      else failed += 1;
      if (answer === null) break;
      await sleep(everyMs);
    }
    connection.destroy();
  }

  return {
    async stop() {
      stopped = true;
      await running;
      const sorted = tookMs.toSorted((one, other) => one - other);
      const p99Ms = sorted[Math.floor(sorted.length * 0.99)] ?? 0;
      return { answered: tookMs.length, failed, p99Ms, slowestMs: sorted.at(-1) ?? 0 };
    },
  };
}

function aSoundRequest(writeKey: string, number: number): string {
  const body = JSON.stringify({
    event: 'Product Viewed',
    anonymousId: 'neighbour',
    messageId: `neighbour-${number}`,
    timestamp: new Date().toISOString(),
  });
  const head = [
    'POST /v1/track HTTP/1.1',
    'Host: fuzz',
    `Authorization: Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
