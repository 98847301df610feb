import { TransientError } from '../../services/shared/runtime/errors';
import type { StepTimer } from '../../services/shared/runtime/steps';
import type { Chaos, Fate } from './chaos';
import type { Timeline } from './timeline';

export type Say = (who: string, what: () => string) => void;

/** A process: what it waits for comes late, twice or never, it may stand still, and it may die, after
 *  which nothing of it goes on but the requests that were on their way. */
export interface Host {
  readonly name: string;
  isAlive(): boolean;
  /** Asks a server; what it does happens there in one piece. */
  call<T>(what: string, act: () => T): Promise<T>;
  /** Asks a server for something of two pieces, between which others have their turn. */
  callInTwo<A, T>(what: string, begin: () => A, end: (begun: A) => T): Promise<T>;
  /** Waits; for ever where the process dies. */
  sleep(ms: number): Promise<void>;
  /** Again and again, while it lives. */
  every(ms: number, act: () => void): void;
  /** Runs a step of a stage, with a chance of dying or standing still before and after it. */
  readonly timed: StepTimer;
  stall(): void;
  kill(why: string): void;
  /** Ends it in order: nobody need know. */
  retire(): void;
}

export interface HostOptions {
  readonly name: string;
  readonly timeline: Timeline;
  readonly chaos: Chaos;
  readonly say: Say;
  readonly onDeath: () => void;
  /** It will say nothing for this long. */
  readonly onStall: (ms: number) => void;
}

export function createHost(options: HostOptions): Host {
  const { name, timeline, chaos, say } = options;
  let alive = true;
  let stalledUntil = Number.NEGATIVE_INFINITY;

  /** Does something in this process, as soon as it stands still no longer. */
  function here(act: () => void): void {
    if (!alive) return;
    const waitMs = stalledUntil - timeline.now();
    if (waitMs > 0) timeline.after(waitMs, () => here(act));
    else act();
  }
  const hereAfter = (ms: number, act: () => void) => timeline.after(ms, () => here(act));

  function stall(): void {
    if (!alive) return;
    const ms = chaos.stallMs();
    stalledUntil = Math.max(stalledUntil, timeline.now() + ms);
    say(name, () => `stands still for ${ms} ms`);
    options.onStall(ms);
  }

  function kill(why: string): void {
    if (!alive) return;
    alive = false;
    say(name, () => `dies: ${why}`);
    options.onDeath();
  }

  async function interrupted(step: string): Promise<void> {
    const interruption = chaos.interruption();
    if (interruption === 'none') return;
    if (interruption === 'death') kill(`at ${step}`);
    if (interruption === 'stall') stall();
    await new Promise<void>((resolve) => hereAfter(chaos.delayMs(), resolve));
  }

  const asking = { ...options, hereAfter, stall, kill };
  const request = <T>(work: Work): Promise<T> =>
    new Promise((resolve, reject) => {
      const call = { ...work, resolve: (answer: unknown) => resolve(answer as T), reject };
      here(() => ask(call, chaos.fate(), asking));
    });
  return {
    name,
    stall,
    kill,
    retire() {
      alive = false;
      say(name, () => 'has stopped');
    },
    isAlive: () => alive,
    call: (what, act) => request({ what, begin: act, end: null }),
    callInTwo: (what, begin, end) => request({ what, begin, end: end as Act }),
    sleep: (ms) => new Promise((resolve) => hereAfter(ms, resolve)),
    every(ms, act) {
      const again = () => {
        act();
        hereAfter(ms, again);
      };
      hereAfter(ms, again);
    },
    async timed(step, work) {
      await interrupted(step);
      const result = await work();
      await interrupted(step);
      return result;
    },
  };
}

type Act = (before: unknown) => unknown;

/** What a server is to do. */
interface Work {
  readonly what: string;
  readonly begin: () => unknown;
  readonly end: Act | null;
}

interface Call extends Work {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface Asking extends HostOptions {
  readonly hereAfter: (ms: number, act: () => void) => void;
  readonly stall: () => void;
  readonly kill: (why: string) => void;
}

/** What the server made of a call. */
type Answer = { readonly value: unknown } | { readonly error: Error };

/** Sends a call on its way, to the end that its fate has for it. */
function ask(call: Call, fate: Fate, options: Asking): void {
  const { name, timeline, chaos, say, hereAfter, stall, kill } = options;
  const { what } = call;
  const fails = () => call.reject(new TransientError(`${what}: ${fate}`));
  const happens = (ms: number, then: (answer: Answer) => void = () => {}) =>
    timeline.after(ms, () => serve(call, options, then));
  const answers = (answer: Answer) =>
    hereAfter(chaos.delayMs(), () => {
      if (fate === 'dies_after') return kill(`with the answer to ${what}`);
      if (fate !== 'stalls_after') return answered(call, answer);
      stall();
      hereAfter(0, () => answered(call, answer));
    });
  if (fate !== 'well') say(name, () => `${what}: ${fate}`);
  switch (fate) {
    case 'refused':
      hereAfter(chaos.delayMs(), fails);
      break;
    case 'unanswered':
      happens(chaos.delayMs(), () => hereAfter(chaos.delayMs(), fails));
      break;
    case 'late':
      hereAfter(chaos.delayMs(), fails);
      happens(chaos.stallMs());
      break;
    case 'repeated':
      happens(chaos.stallMs());
      happens(chaos.delayMs(), answers);
      break;
    case 'dies_before':
      kill(`before ${what}`);
      break;
    case 'dies_asking':
      happens(chaos.stallMs());
      kill(`asking for ${what}`);
      break;
    case 'stalls_before':
      stall();
      hereAfter(0, () => happens(chaos.delayMs(), answers));
      break;
    default:
      happens(chaos.delayMs(), answers);
  }
}

function answered({ resolve, reject }: Call, answer: Answer): void {
  if ('value' in answer) resolve(answer.value);
  else reject(answer.error);
}

/** The server's part: neither the caller's life nor its patience matters to it. */
function serve(
  { what, begin, end }: Work,
  { name, timeline, chaos, say }: HostOptions,
  then: (answer: Answer) => void,
): void {
  say(name, () => (end === null ? what : `${what} begins`));
  const begun = answerOf(begin);
  if (end === null || 'error' in begun) {
    then(begun);
    return;
  }
  timeline.after(chaos.statementMs(), () => {
    say(name, () => `${what} ends`);
    then(answerOf(() => end(begun.value)));
  });
}

function answerOf(act: () => unknown): Answer {
  try {
    return { value: act() };
  } catch (error) {
    return { error: error as Error };
  }
}
