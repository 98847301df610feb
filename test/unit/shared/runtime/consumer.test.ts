import type { Kafka } from 'kafkajs';
import { startConsumer } from '../../../../services/shared/runtime/consumer';
import { createMetrics } from '../../../../services/shared/runtime/metrics';
import { quickSettings } from '../../../support/kafka';
import { keepingLog } from '../../../support/log-lines';

type Listener = (event: { readonly payload: object }) => void;

/** kafkajs as far as a consumer hears of it: what it says is said by the test. */
function aTalker() {
  const listeners = new Map<string, Listener>();
  const nothing = async () => {};
  const events = { FETCH_START: 'fetch', REBALANCING: 'rebalancing', CRASH: 'crash' };
  const consumer = {
    events: { ...events, END_BATCH_PROCESS: 'batch', GROUP_JOIN: 'join' },
    on: (event: string, listener: Listener) => void listeners.set(event, listener),
    ...{ connect: nothing, disconnect: nothing, subscribe: nothing, pause() {}, resume() {} },
    run: async () => listeners.get('join')?.({ payload: { memberAssignment: {} } }),
  };
  const admin = { connect: nothing, disconnect: nothing };
  const kafka = { consumer: () => consumer, admin: () => admin } as unknown as Kafka;
  return { kafka, say: (event: string, payload: object) => listeners.get(event)?.({ payload }) };
}

async function aConsumer() {
  const { kafka, say } = aTalker();
  const fatal: Error[] = [];
  const handle = await startConsumer({
    ...{ kafka, groupId: 'group', topics: ['topic'], stage: async () => {} },
    settings: quickSettings,
    log: keepingLog().log,
    metrics: createMetrics('cleaner'),
    onFatal: (error) => void fatal.push(error),
  });
  return { handle, say, fatal };
}

test('a crash that kafkajs recovers from by itself is nothing to die of', async () => {
  const { handle, say, fatal } = await aConsumer();
  say('crash', { error: new Error('the broker moved'), restart: true });
  expect(fatal).toEqual([]);
  expect(handle.live()).toEqual({ ok: true });
  await handle.stop();
});

test('a crash for good is fatal, and the consumer is live no more', async () => {
  const { handle, say, fatal } = await aConsumer();
  const error = new Error('unknown codec');
  say('crash', { error, restart: false });
  expect(fatal).toEqual([error]);
  expect(handle.live()).toEqual({ ok: false, why: 'unknown codec' });
  await handle.stop();
});
