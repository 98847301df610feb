import { eventually } from '../../support/eventually';
import type { Client } from './client';
import type { Door, SdkWorld } from './sdk-world';

/** A way for requests to fail while an SDK sends. */
export interface Phase {
  readonly name: string;
  /** Settings of the collector. */
  readonly env: NodeJS.ProcessEnv;
  readonly retries: number;
  /** Whether requests fail. */
  readonly fails: boolean;
  /** Whether events that were stored are sent again. */
  readonly duplicates: 'none' | 'some' | 'in batches' | 'some or none';
  /** Has the client send all its calls, and ends when nothing is in their way any more. */
  run(scene: Scene): Promise<void>;
}

export interface Scene extends Door {
  readonly client: Client;
  readonly calls: number;
  readonly world: SdkWorld;
}

const patience = (message: string) => ({ deadlineMs: 60_000, message });
const quickly = { COLLECTOR_ACK_TIMEOUT: '2s' };
/** As many as the README asks for. */
const manyRetries = 100;

async function success({ client, calls }: Scene): Promise<void> {
  await client.send(0, calls);
}

/** Connections are refused, the device's network is down, and then answers are lost of requests whose
 *  events were stored. */
async function offline({ client, calls, gate }: Scene): Promise<void> {
  await client.send(0, 10);
  await gate.offline();
  await client.send(10, 20);
  await eventually(() => client.failures() > 0, patience('a failed try'));
  await client.network?.(false);
  await client.send(20, calls);
  gate.loseAnswers(2);
  await gate.online();
  await client.network?.(true);
  await eventually(() => gate.losing() === 0, patience('two answers lost'));
}

const perSecond = 10;

/** Somebody else with the same write key has used up its events of the next seconds. */
async function overload({ client, calls, collector }: Scene): Promise<void> {
  const batch = Array.from({ length: 13 * perSecond }, () => ({
    type: 'track',
    event: 'Noise',
    anonymousId: 'somebody-else',
  }));
  const body = JSON.stringify({ batch, writeKey: 'demo-write-key' });
  const { status } = await fetch(`${collector.url}/v1/b`, { method: 'POST', body });
  if (status !== 200) throw new Error(`status ${status}`);
  await client.send(0, calls);
  const limited = () => collector.counted('tributary_collector_limited_total', 'limit="key"');
  await eventually(async () => (await limited()) > 0, patience('429 for the SDK'));
}

async function outage({ client, calls, collector, link }: Scene): Promise<void> {
  await client.send(0, 10);
  link.cut();
  await client.send(10, calls);
  await unacknowledged(collector);
  if (link.refused() === 0) throw new Error('the collector did not try to reach Kafka again');
  link.mend();
}

/** The records of other topics than that of orders are stored, and come again. */
async function halfAnOutage({ client, calls, collector, world }: Scene): Promise<void> {
  const mend = await world.breakOrders();
  try {
    await client.send(0, calls);
    await unacknowledged(collector);
  } finally {
    await mend();
  }
}

async function unacknowledged({ counted }: Scene['collector']): Promise<void> {
  const failed = () => counted('tributary_collector_requests_total', 'status="503"');
  await eventually(async () => (await failed()) > 0, patience('503 for the SDK'));
}

const sound = { env: {}, retries: manyRetries, fails: true };

export const phases: readonly Phase[] = [
  { ...sound, name: 'success', fails: false, duplicates: 'none', run: success },
  { ...sound, name: 'offline, lost answers', duplicates: 'some', run: offline },
  {
    ...{ ...sound, name: '429: too many events', duplicates: 'none', run: overload },
    env: { COLLECTOR_KEY_EVENTS_PER_SECOND: String(perSecond) },
  },
  // What timed out may have been stored all the same.
  {
    ...{ ...sound, name: '503: no Kafka', env: quickly, duplicates: 'some or none', run: outage },
  },
  {
    ...sound,
    name: '503: half of it',
    env: quickly,
    duplicates: 'in batches',
    run: halfAnOutage,
  },
];

/** Longer than an SDK is patient that is told to try again once only. */
export const tooLong: Phase = {
  ...{ ...sound, name: 'offline for too long', retries: 1, duplicates: 'some or none' },
  async run({ client, calls, gate, collector }) {
    await client.send(0, 10);
    const taken = () => collector.counted('tributary_collector_events_total', 'result="accepted"');
    await eventually(async () => (await taken()) >= 10, patience('the first calls'));
    await gate.offline();
    await client.send(10, calls);
    await eventually(() => client.givenUp().length >= calls - 10, patience('what it gave up'));
    await gate.online();
  },
};
