import type { Redis } from 'ioredis';
import type { Coordinates } from '../../domain/event';
import { coordinatesText } from '../../domain/event-row';
import type {
  OrderApplication,
  OrderFinding,
  OrderSubject,
  OrdersKnown,
} from '../../domain/order-history';
import { messageOf } from '../../runtime/errors';
import { answerOf } from './client';
import type { RedisKeys } from './keys';
import { createScript, type ScriptServer } from './script';

export interface OrderMemoryOptions extends ScriptServer {
  /** What is remembered of a shop or a user lives this long after its last order. Longer than the
   *  retention of the source topics: the watermarks live with it. */
  readonly historyTtlMs: number;
  /** As long as the claims whose evidence it is. */
  readonly findingTtlMs: number;
  /** Told of each key that held something else. */
  readonly onSetAside?: (key: string) => void;
}

interface Question {
  readonly tenant: string;
  readonly source: Coordinates;
  readonly currency: string;
  readonly subjects: readonly OrderSubject[];
}

/** What is remembered of orders, in Redis. Idempotent by coordinates, and by version for decisions. */
export interface RedisOrderMemory {
  read(questions: readonly Question[]): Promise<readonly OrdersKnown[]>;
  keep(findings: readonly OrderFinding[]): Promise<readonly string[]>;
  add(applications: readonly OrderApplication[]): Promise<void>;
}

/** One call holds Redis up for some milliseconds at most. */
const mostPerCall = 1000;

export function createOrderMemory(options: OrderMemoryOptions): RedisOrderMemory {
  const { redis, keys, historyTtlMs, findingTtlMs } = options;
  const script = createScript(options, 'add-orders.lua', {
    types: ['hash'],
    onSetAside: options.onSetAside,
  });
  return {
    async read(questions) {
      const answers = await pipelined(
        redis,
        questions.flatMap((one) => readsOf(one, keys)),
      );
      return questions.map((question) => knownOf(question, answers));
    },
    async keep(findings) {
      const writes = findings.map(({ tenant, source, evidence }) => {
        const key = keys.finding(tenant, coordinatesText(source));
        return ['set', key, evidence, 'PX', findingTtlMs, 'NX', 'GET'];
      });
      const before = await pipelined(redis, writes);
      return findings.map(({ evidence }) => {
        const kept = before.next().value;
        return typeof kept === 'string' ? kept : evidence;
      });
    },
    async add(applications) {
      for (let from = 0; from < applications.length; from += mostPerCall) {
        const { subjects, sources } = packed(applications.slice(from, from + mostPerCall), keys);
        const orders = JSON.stringify([...subjects.values()]);
        await script(
          [...subjects.keys()],
          [historyTtlMs, JSON.stringify([...sources.keys()]), orders],
        );
      }
    },
  };
}

/** The commands in one round trip; their answers in order, null where a key holds something else. */
async function pipelined(
  redis: Redis,
  commands: readonly (readonly (string | number)[])[],
): Promise<Iterator<unknown>> {
  const pipeline = redis.pipeline(commands.map((command) => [...command]));
  const replies = (await answerOf(pipeline.exec())) ?? [];
  const answers = replies.map(([error, reply]) =>
    error === null ? reply : answerOf(Promise.reject(error)).catch(nothingOfOurs),
  );
  return (await Promise.all(answers))[Symbol.iterator]();
}

/** The script sets such a key aside as soon as there is something to write. */
function nothingOfOurs(error: unknown): null {
  if (messageOf(error).startsWith('WRONGTYPE')) return null;
  throw error;
}

function readsOf({ tenant, source, currency, subjects }: Question, keys: RedisKeys) {
  const histories = subjects.map((subject) => {
    return ['hmget', keys.orders(subject), `n:${currency}`, `sum:${currency}`];
  });
  return [['get', keys.finding(tenant, coordinatesText(source))], ...histories];
}

/** Takes the answers of `readsOf`. */
function knownOf({ subjects }: Question, answers: Iterator<unknown>): OrdersKnown {
  const found = answers.next().value as string | null;
  const histories = subjects.map((subject) => {
    const [orders, sum] = (answers.next().value ?? []) as readonly (string | null)[];
    return { subject, orders: Number(orders ?? 0), sumMinor: Number(sum ?? 0) };
  });
  return { histories, found };
}

/** An order as `add-orders.lua` reads it. */
type PackedOrder = readonly (string | number)[];

function packed(applications: readonly OrderApplication[], keys: RedisKeys) {
  const subjects = new Map<string, PackedOrder[]>();
  const sources = new Map<string, number>();
  for (const { subject, source, currency, amountMinor, decision } of applications) {
    const name = `${source.topic}:${source.partition}`;
    const number = sources.get(name) ?? sources.size + 1;
    sources.set(name, number);
    const decided = decision === null ? [] : [decision.version, decision.target, decision.first];
    const order = [number, source.offset, currency, amountMinor, ...decided];
    const key = keys.orders(subject);
    const known = subjects.get(key);
    if (known === undefined) subjects.set(key, [order]);
    else known.push(order);
  }
  return { subjects, sources };
}
