import { messageOf } from './errors';
import { within } from './within';

/** The answer to "are you well": `why` says what is wrong. */
export interface Check {
  readonly ok: boolean;
  readonly why?: string;
}

export const well: Check = { ok: true };

/** `live`: a failure means that restarting the process would help. `ready`: it can do its work now.
 *  By name, which stands in the answer. */
export interface Health {
  readonly live: Readonly<Record<string, () => Check>>;
  /** A check may ask a server: what it throws is the reason, and any answer but a failed check is
   *  good. */
  readonly ready: Readonly<Record<string, () => Check | Promise<unknown>>>;
}

export interface HealthAnswer {
  readonly ok: boolean;
  /** 'ok', or what is wrong, by the name of the check. */
  readonly checks: Readonly<Record<string, string>>;
}

/** A probe must be answered while a server hangs. */
const checkTimeoutMs = 2000;

/** Runs checks side by side, each for two seconds at most. */
export async function answerChecks(
  checks: Readonly<Record<string, () => Check | Promise<unknown>>>,
): Promise<HealthAnswer> {
  const entries = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await outcomeOf(check)] as const),
  );
  return {
    ok: entries.every(([, outcome]) => outcome === 'ok'),
    checks: Object.fromEntries(entries),
  };
}

async function outcomeOf(check: () => Check | Promise<unknown>): Promise<string> {
  const late: Check = { ok: false, why: `no answer within ${checkTimeoutMs} ms` };
  try {
    const answer: unknown = await within(checkTimeoutMs, check(), () => late);
    return isFailure(answer) ? (answer.why ?? 'not well') : 'ok';
  } catch (error) {
    return messageOf(error);
  }
}

function isFailure(answer: unknown): answer is Check {
  return typeof answer === 'object' && answer !== null && 'ok' in answer && answer.ok === false;
}
