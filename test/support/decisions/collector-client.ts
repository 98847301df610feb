import { setTimeout as sleep } from 'node:timers/promises';

/** Sends lines as they stand to /v1/import, again and again until they are taken: a service that was
 *  killed on the way makes copies of what it had taken. */
export async function sendLines(collectorUrl: string, lines: readonly string[]): Promise<void> {
  const batch = lines.map(messageOf);
  const headers = {
    'content-type': 'application/json',
    authorization: `Basic ${Buffer.from('demo-write-key:').toString('base64')}`,
  };
  const body = JSON.stringify({ batch });
  for (let tries = 1; ; tries += 1) {
    const answer = await fetch(`${collectorUrl}/v1/import`, {
      method: 'POST',
      headers,
      body,
    }).catch(() => null);
    if (answer?.ok) return;
    if (answer !== null && answer.status < 429) {
      throw new Error(`the collector answers ${answer.status}: ${await answer.text()}`);
    }
    if (tries > 100) throw new Error('the collector does not come back');
    await sleep(200);
  }
}

function messageOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}
