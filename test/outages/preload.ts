import { readFileSync } from 'node:fs';
import type { NetConnectOpts, Socket } from 'node:net';

import net = require('node:net');

// Loaded into a service before the service itself (node --require): what cannot be done to a process
// from outside. Its time of day is moved by as many milliseconds as a file says, while time that
// passes (performance.now, timers) goes on as it does when a machine's clock is set; and its way to
// Kafka leads over a link, which no address in a setting can do, since clients go where the broker
// says it is.

const { OUTAGES_CLOCK_FILE: clockFile, OUTAGES_KAFKA_PORTS: kafkaPorts } = process.env;

let shiftMs = 0;

if (clockFile !== undefined) {
  const now = Date.now;
  Date.now = () => now() + shiftMs;
  globalThis.Date = new Proxy(Date, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [target.now()] : args, newTarget),
    apply: (target) => new target(target.now()).toString(),
  });
  setInterval(() => {
    shiftMs = shiftIn(clockFile);
  }, 50).unref();
}

function shiftIn(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    return 0;
  }
}

if (kafkaPorts !== undefined) {
  const [broker, link] = kafkaPorts.split(':').map(Number);
  const connect = net.connect as (options: NetConnectOpts, then?: () => void) => Socket;
  const overLink: typeof connect = (options, then) => {
    const isKafka = 'port' in options && options.port === broker;
    return connect(isKafka ? { ...options, port: link ?? 0 } : options, then);
  };
  net.connect = overLink as typeof net.connect;
}
