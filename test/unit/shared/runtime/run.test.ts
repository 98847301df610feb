import { EventEmitter } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { createHttp } from '../../../../services/shared/runtime/http';
import { createMetrics } from '../../../../services/shared/runtime/metrics';
import {
  leaveWhenTold,
  runService,
  type ServiceOptions,
} from '../../../../services/shared/runtime/run';
import { keepingLog } from '../../../support/log-lines';

/** A process that can be sent signals and says what it exited with. */
function aProcess() {
  const emitter = new EventEmitter();
  let exited: (code: number) => void = () => {};
  const exit = new Promise<number>((resolve) => {
    exited = resolve;
  });
  const host = {
    on: (event: string, listener: (reason: unknown) => void) => emitter.on(event, listener),
    off: (event: string, listener: (reason: unknown) => void) => emitter.off(event, listener),
    exit: (code: number) => exited(code),
  };
  return { host, exit, send: (event: string, reason?: unknown) => emitter.emit(event, reason) };
}

const servers: FastifyInstance[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

async function aService(part: Partial<ServiceOptions> = {}, steps: string[] = []) {
  const { log, lines } = keepingLog();
  const metrics = createMetrics('cleaner');
  const server = createHttp({ log, metrics, health: { live: {}, ready: {} }, openapi: () => ({}) });
  server.addHook('onClose', async () => void steps.push('http'));
  servers.push(server);
  const { host, exit, send } = aProcess();
  leaveWhenTold(host);
  const http = { server, host: '127.0.0.1', port: 0 };
  await runService({ name: 'cleaner', log, http, ...part }, host);
  return { exit, send, server, lines };
}

const part = (name: string, steps: string[]) => ({
  name,
  async close() {
    await new Promise(setImmediate);
    steps.push(name);
  },
});

test.each(['SIGTERM', 'SIGINT'])(
  '%s: consumers, then HTTP, then the clients in order, exit 0',
  async (signal) => {
    const steps: string[] = [];
    const stop = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      steps.push('consumer');
    };
    const closes = [part('redis', steps), part('publisher', steps)];
    const { exit, send, lines } = await aService(
      { consumers: [{ stop }, { stop }], closes },
      steps,
    );
    send(signal);
    send(signal);
    expect(await exit).toBe(0);
    expect(steps).toEqual(['consumer', 'consumer', 'http', 'redis', 'publisher']);
    expect(lines.map((line) => line.message)).toEqual(['cleaner runs', 'stopping', 'stopped']);
  },
);

test.each(['SIGTERM', 'SIGINT'])('%s while it starts: exit 0 at once', async (signal) => {
  const { host, exit, send } = aProcess();
  leaveWhenTold(host);
  send(signal);
  expect(await exit).toBe(0);
});

test('what hangs is named, and the process goes all the same', async () => {
  const { exit, send, lines } = await aService({
    closes: [{ name: 'redis', close: () => new Promise(() => {}) }],
    drainMs: 50,
  });
  send('SIGTERM');
  expect(await exit).toBe(1);
  expect(lines.at(-1)).toMatchObject({
    level: 'error',
    fields: { failed: ['redis: not done after 50 ms'] },
  });
});

test('what fails to close is named, and the others are closed', async () => {
  const steps: string[] = [];
  const { exit, send, lines } = await aService({
    consumers: [{ stop: () => Promise.reject(new Error('no commit')) }],
    closes: [part('redis', steps)],
  });
  send('SIGTERM');
  expect(await exit).toBe(1);
  expect(steps).toEqual(['redis']);
  expect(lines.at(-1)).toMatchObject({ fields: { failed: ['consumers: no commit'] } });
});

test.each(['unhandledRejection', 'uncaughtException'])(
  '%s ends the process with 1',
  async (event) => {
    const { exit, send, lines } = await aService();
    send(event, new Error('nobody looked'));
    expect(await exit).toBe(1);
    expect(lines.at(-1)).toMatchObject({
      level: 'error',
      fields: { err: new Error('nobody looked') },
    });
  },
);

test('a port in use fails the start', async () => {
  const { server } = await aService();
  const { port } = server.server.address() as AddressInfo;
  const { log } = keepingLog();
  const other = createHttp({
    ...{ log, metrics: createMetrics('x'), health: { live: {}, ready: {} }, openapi: () => ({}) },
  });
  const starting = runService(
    { name: 'x', log, http: { server: other, host: '127.0.0.1', port } },
    aProcess().host,
  );
  await expect(starting).rejects.toThrow('EADDRINUSE');
});
