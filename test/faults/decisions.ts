import { eventually } from '../support/eventually';
import type { Installation } from './installation';
import type { StreamRequest } from './stream';

/** What persons made of messages, by message id: the verdict that must stand in the end. */
export type Decided = ReadonlyMap<string, 'rejected/retracted' | 'counted/restored'>;

const retracted = 12;

/** Takes back a dozen counted messages while others are on their way, and counts every third of them
 *  again; each word is said until it is answered, as a person would. */
export async function decideSome(
  installation: Installation,
  tenant: string,
  requests: readonly StreamRequest[],
  { deadlineMs }: { readonly deadlineMs: number } = { deadlineMs: 120_000 },
): Promise<Decided> {
  const ids = requests.flatMap(({ messageIds }) => messageIds).filter((id) => id.startsWith('m-'));
  const decided = new Map<string, 'rejected/retracted' | 'counted/restored'>();
  for (const [nth, id] of [...new Set(ids)].slice(0, retracted).entries()) {
    await say(installation, { tenant, id, decision: 'retract', deadlineMs });
    decided.set(id, 'rejected/retracted');
    if (nth % 3 !== 0) continue;
    await say(installation, { tenant, id, decision: 'restore', deadlineMs });
    decided.set(id, 'counted/restored');
  }
  return decided;
}

interface Word {
  readonly tenant: string;
  readonly id: string;
  readonly decision: 'retract' | 'restore';
  readonly deadlineMs: number;
}

/** Until the row is there it is unknown (404), and until the word before has taken effect this one
 *  makes no sense (409). */
async function say(
  installation: Installation,
  { tenant, id, decision, deadlineMs }: Word,
): Promise<void> {
  const body = JSON.stringify({ decision, reviewer: 'rita', note: 'the fault suite' });
  const headers = { 'content-type': 'application/json' };
  const isAnswered = async () => {
    const url = `${await installation.url('insights')}/v1/review/${id}?tenant=${tenant}`;
    const signal = AbortSignal.timeout(4000);
    const answer = await fetch(url, { method: 'POST', headers, body, signal });
    if (answer.ok) return true;
    throw new Error(`${answer.status} ${(await answer.text()).slice(0, 200)}`);
  };
  const message = `${decision} ${id} is answered`;
  await eventually(isAnswered, { deadlineMs, message, everyMs: 100 });
}
