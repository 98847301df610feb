import { setTimeout as sleep } from 'node:timers/promises';
import { Latencies } from '../measure/latencies';
import { Connection, type Endpoint, type Status } from './connection';
import { createRequests } from './requests';

export interface LoadPlan {
  readonly host: string;
  readonly port: number;
  readonly writeKey: string;
  readonly eventsEach: number;
  readonly seconds: number;
  readonly run: string;
  /** Most connections; each has one request on its way. */
  readonly connections: number;
  /** Events a second, whatever comes back; null: each connection sends again as soon as it has its
   *  answer. */
  readonly eventsPerSecond: number | null;
}

export interface LoadReport {
  /** From the first request to the last answer. */
  readonly seconds: number;
  /** Requests by status; 0: no answer. */
  readonly requests: Readonly<Record<Status, number>>;
  /** Events of requests that were answered 200. */
  readonly acknowledged: number;
  /** Events of requests that were not answered 200 or 429: they may be there or not. */
  readonly unsure: number;
  /** Requests that were due when every connection was busy: their clients would still be waiting. */
  readonly notSent: number;
  /** Milliseconds, from the time at which a request was due to its 200. */
  readonly p50: number | null;
  readonly p99: number | null;
  readonly max: number;
  /** User and system time of the sender. */
  readonly cpuSeconds: number;
}

export interface Progress {
  readonly acknowledged: number;
}

const answerWithinMs = 30_000;

/** Sends what the plan says and waits for every answer. */
export async function sendLoad(
  plan: LoadPlan,
  progress: (so: Progress) => void,
): Promise<LoadReport> {
  const load = new Load(plan);
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const reporting = setInterval(() => progress({ acknowledged: load.acknowledged }), 1000);
  if (plan.eventsPerSecond === null) await load.keepBusy(begun);
  else await load.keepTime(begun, plan.eventsPerSecond / plan.eventsEach / 1000);
  clearInterval(reporting);
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - begun) / 1000;
  return { ...load.report(), seconds, cpuSeconds: (user + system) / 1e6 };
}

class Load {
  acknowledged = 0;
  private unsure = 0;
  private notSent = 0;
  private readonly latencies = new Latencies();
  private readonly requests: Record<Status, number> = {};
  private readonly idle: Connection[] = [];
  private opened = 0;
  private readonly underWay = new Set<Promise<void>>();
  private readonly source;
  private readonly endpoint: Endpoint;

  constructor(private readonly plan: LoadPlan) {
    const { host, port } = plan;
    this.source = createRequests({ ...plan, host: `${host}:${port}` });
    this.endpoint = { host, port, timeoutMs: answerWithinMs };
  }

  /** Every connection sends one request after the other. */
  async keepBusy(begun: number): Promise<void> {
    const endsAt = begun + this.plan.seconds * 1000;
    const one = async () => {
      const connection = new Connection(this.endpoint);
      for (let now = begun; now < endsAt; now = performance.now()) {
        await this.exchange(connection, performance.now());
      }
      connection.close();
    };
    await Promise.all(Array.from({ length: this.plan.connections }, one));
  }

  /** Requests leave when they are due; their times count from then, so that waiting for a connection
   *  or for this process is not left out. */
  async keepTime(begun: number, perMs: number): Promise<void> {
    const all = Math.floor(this.plan.seconds * 1000 * perMs);
    for (let sent = 0; sent < all; ) {
      const due = Math.min(all, Math.floor((performance.now() - begun) * perMs));
      for (; sent < due; sent += 1) this.sendDue(begun + (sent + 1) / perMs);
      await sleep(1);
    }
    await Promise.all(this.underWay);
    for (const connection of this.idle) connection.close();
  }

  report(): Omit<LoadReport, 'seconds' | 'cpuSeconds'> {
    const { acknowledged, unsure, notSent, requests, latencies } = this;
    const times = { p50: latencies.quantile(0.5), p99: latencies.quantile(0.99) };
    return { acknowledged, unsure, notSent, requests, ...times, max: latencies.max };
  }

  private sendDue(dueAt: number): void {
    const connection = this.idle.pop() ?? this.open();
    if (connection === null) {
      this.notSent += 1;
      return;
    }
    const exchange = this.exchange(connection, dueAt).then(() => {
      this.idle.push(connection);
      this.underWay.delete(exchange);
    });
    this.underWay.add(exchange);
  }

  private open(): Connection | null {
    if (this.opened >= this.plan.connections) return null;
    this.opened += 1;
    return new Connection(this.endpoint);
  }

  private async exchange(connection: Connection, dueAt: number): Promise<void> {
    const status = await connection.send(this.source.next(Date.now()));
    this.requests[status] = (this.requests[status] ?? 0) + 1;
    if (status === 200) {
      this.acknowledged += this.source.eventsEach;
      this.latencies.add(performance.now() - dueAt);
    } else if (status !== 429) {
      this.unsure += this.source.eventsEach;
    }
  }
}
