import { writeSync } from 'node:fs';
import { type ServerName, TransientError } from './errors';
import type { Log } from './log';
import type { Parser } from './parser';

/** Every await that has a side effect, and the server it asks. Each has its place in one `main.ts`,
 *  between the service and what it calls. */
export const failpoints = {
  'collector.publish': 'kafka',
  'cleaner.keep_evidence': 'redis',
  'cleaner.claim': 'redis',
  'cleaner.remember_orders': 'redis',
  'cleaner.publish_clean': 'kafka',
  'cleaner.publish_rejected': 'kafka',
  'cleaner.publish_dead_letter': 'kafka',
  'cleaner.note_partition': 'redis',
  'cleaner.begin_state': 'redis',
  'cleaner.reclaim': 'redis',
  'cleaner.reclaim_evidence': 'redis',
  'cleaner.reclaimed': 'redis',
  'cleaner.record_published': 'redis',
  'cleaner.record_reached': 'redis',
  'cleaner.commit': 'kafka',
  'interests.apply': 'redis',
  'interests.note_partition': 'redis',
  'interests.begin_state': 'redis',
  'interests.record_reached': 'redis',
  'interests.commit': 'kafka',
  'metrics.insert_rows': 'clickhouse',
  'metrics.publish_dead_letter': 'kafka',
  'metrics.ask_clock': 'clickhouse',
  'metrics.replace_windows': 'clickhouse',
  'metrics.set_aside': 'clickhouse',
  'metrics.mend': 'clickhouse',
  'metrics.record_ends': 'clickhouse',
  'metrics.resend': 'kafka',
  'metrics.write_voids': 'clickhouse',
  'metrics.record_findings': 'clickhouse',
  'metrics.commit': 'kafka',
  'insights.publish_decision': 'kafka',
} as const satisfies Record<string, ServerName>;

export type FailpointName = keyof typeof failpoints;
export const failpointNames = Object.keys(failpoints) as readonly FailpointName[];

/** `kill`: SIGKILL before the effect; `kill-after`: when it is done and nothing else is. `stall`: the
 *  whole process stands still before the effect, heartbeats too. `error-before`: it fails and has done
 *  nothing; `error-after`: it is done, and looks as if it had failed. */
export const faultKinds = ['kill', 'kill-after', 'stall', 'error-before', 'error-after'] as const;
export type FaultKind = (typeof faultKinds)[number];

/** One fault that will happen, once. */
export interface Armed {
  /** '*': any. */
  readonly point: FailpointName | '*';
  readonly kind: FaultKind;
  /** Of a stall. */
  readonly ms: number;
  /** On which pass, from 1. */
  readonly pass: number;
}

type Method = (...args: never[]) => unknown;
type AsyncMethod = (...args: never[]) => Promise<unknown>;
/** The failpoint of a method, or of a call by its arguments; null where it has no side effect. */
type PointOf<F> = F extends (...args: infer Args) => unknown
  ? FailpointName | null | ((...args: Args) => FailpointName)
  : never;

/** Names every method that may have a side effect: one that returns a promise. */
export type PointsOf<Port> = {
  readonly [Key in keyof Port as Port[Key] extends AsyncMethod ? Key : never]: PointOf<Port[Key]>;
};

export interface Failpoints {
  /** The port with its failpoints before its methods; the very same object where none of them is
   *  armed, so that they cost nothing. */
  around<Port extends object>(port: Port, points: PointsOf<Port>): Port;
  /** The same for one function. */
  through<F extends AsyncMethod>(point: FailpointName, work: F): F;
}

/** What a fault does to the process it is in; a test gives its own. */
export interface Host {
  /** Logged before it returns: the process may have no time left. */
  note(fault: { readonly failpoint: FailpointName; readonly kind: FaultKind }): void;
  /** Does not return. */
  kill(): void;
  standStill(ms: number): void;
}

export function createFailpoints(
  armed: readonly Armed[],
  log: Pick<Log, 'warn'>,
  host: Host = thisProcess,
): Failpoints {
  if (armed.length > 0) log.warn({ armed }, 'failpoints are armed: this process will fail');
  const strike = createStrike(armed);

  async function pass(point: FailpointName, work: () => Promise<unknown>): Promise<unknown> {
    const fault = strike(point);
    if (fault === null) return work();
    const { kind, ms } = fault;
    host.note({ failpoint: point, kind });
    if (kind === 'error-before') throw failure(point, 'before');
    if (kind === 'kill') host.kill();
    if (kind === 'stall') host.standStill(ms);
    const answer = await work();
    if (kind === 'kill-after') host.kill();
    if (kind === 'error-after') throw failure(point, 'after');
    return answer;
  }

  const failing = (method: Method, point: FailpointName | ((...args: never[]) => FailpointName)) =>
    ((...args: never[]) =>
      pass(typeof point === 'string' ? point : point(...args), async () =>
        method(...args),
      )) as Method;
  const isArmed = (point: unknown) =>
    typeof point !== 'string' || armed.some((one) => one.point === '*' || one.point === point);

  return {
    around(port, points) {
      const named = Object.entries(points as Record<string, Parameters<typeof failing>[1] | null>);
      const wrapped: Record<string, Method> = {};
      for (const [name, point] of named) {
        if (armed.length === 0 || point === null || !isArmed(point)) continue;
        wrapped[name] = failing((port as Record<string, Method>)[name] as Method, point);
      }
      return Object.keys(wrapped).length === 0 ? port : { ...port, ...wrapped };
    },
    through: (point, work) => (isArmed(point) ? (failing(work, point) as typeof work) : work),
  };
}

/** Counts passes, and says which fault is due at one. */
function createStrike(armed: readonly Armed[]): (point: FailpointName) => Armed | null {
  const passes = new Map<FailpointName | '*', number>();
  const count = (point: FailpointName | '*') => {
    const nth = (passes.get(point) ?? 0) + 1;
    passes.set(point, nth);
    return nth;
  };
  return (point) => {
    const [nth, nthOfAll] = [count(point), count('*')];
    const isDue = (one: Armed) =>
      (one.point === point && one.pass === nth) || (one.point === '*' && one.pass === nthOfAll);
    return armed.find(isDue) ?? null;
  };
}

function failure(point: FailpointName, when: 'before' | 'after'): TransientError {
  const message = `${point}: failed on purpose, ${when} the effect`;
  return new TransientError(message, { server: failpoints[point] });
}

const thisProcess: Host = {
  note(fault) {
    const line = {
      level: 'warn',
      time: new Date().toISOString(),
      ...fault,
      msg: 'fault on purpose',
    };
    writeSync(process.stdout.fd, `${JSON.stringify(line)}\n`);
  },
  kill: () => process.kill(process.pid, 'SIGKILL'),
  standStill(ms) {
    // Not a timer: heartbeats must stop as well, as when a machine is suspended.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  },
};

/** `cleaner.claim:kill@3`, `*:stall:9000@1`: point, kind, milliseconds of a stall, pass (the first, if
 *  it is not said); several with commas between them. */
export const armedFailpoints: Parser<readonly Armed[]> = {
  kind: 'failpoints',
  unit: '',
  parse: (text) =>
    text
      .split(',')
      .filter((spec) => spec !== '')
      .map(armedOf),
  show: (armed) => armed.map(specOf).join(','),
};

/** As it is written in the setting. */
export function specOf({ point, kind, ms, pass }: Armed): string {
  return `${point}:${kind}${kind === 'stall' ? `:${ms}` : ''}@${pass}`;
}

function armedOf(spec: string): Armed {
  const [, point, kind, ms, pass = '1'] =
    /^([^:]+):([a-z-]+)(?::(\d+))?(?:@(\d+))?$/.exec(spec) ?? [];
  const known = point === '*' ? point : failpointNames.find((name) => name === point);
  const isKind = faultKinds.find((one) => one === kind);
  const isFit = (isKind === 'stall') === (ms !== undefined) && Number(pass) > 0;
  if (known === undefined || isKind === undefined || !isFit) {
    throw new Error(
      `must be POINT:KIND@PASS or POINT:stall:MS@PASS with a point of ${failpointNames.join(', ')} ` +
        `or *, and a kind of ${faultKinds.join(', ')}; and is '${spec}'`,
    );
  }
  return { point: known, kind: isKind, ms: Number(ms ?? 0), pass: Number(pass) };
}
