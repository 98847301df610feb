import { targetOf } from '../../services/shared/domain/review';
import { eventually } from '../support/eventually';
import type { Installation } from './installation';
import type { StreamRequest } from './stream';

/** A word of a person that was answered: it stands in the review topic, under its note. */
export interface Said {
  readonly id: string;
  readonly note: string;
  /** `outcome/reason`. */
  readonly becomes: string;
}

const retracted = 12;

/** Takes back a dozen counted messages while others are on their way, and counts every third of them
 *  again; each word is said until it is answered, as a person would. */
export async function decideSome(
  installation: Installation,
  tenant: string,
  requests: readonly StreamRequest[],
  { deadlineMs }: { readonly deadlineMs: number } = { deadlineMs: 120_000 },
): Promise<readonly Said[]> {
  const ids = requests.flatMap(({ messageIds }) => messageIds).filter((id) => id.startsWith('m-'));
  const said: Said[] = [];
  for (const [nth, id] of [...new Set(ids)].slice(0, retracted).entries()) {
    said.push(await say(installation, { tenant, id, decision: 'retract', deadlineMs }));
    if (nth % 3 !== 0) continue;
    said.push(await say(installation, { tenant, id, decision: 'restore', deadlineMs }));
  }
  return said;
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
): Promise<Said> {
  const note = `${decision} ${id}`;
  const body = JSON.stringify({ decision, reviewer: 'rita', note });
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
  const { outcome, reason } = targetOf(decision);
  return { id, note, becomes: `${outcome}/${reason}` };
}
