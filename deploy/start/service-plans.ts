import { join } from 'node:path';

export type ServiceName = 'collector' | 'cleaner' | 'interests' | 'metrics' | 'insights';

export interface ServicePlan {
  readonly name: ServiceName;
  readonly portVariable: string;
  readonly defaultPort: number;
  /** Heap sizes in MB. A large young generation saves the services that turn over a record's worth
   *  of objects for every event a sixth of their CPU; insights answers one question at a time. */
  readonly heap: { readonly youngMb: number; readonly oldMb: number };
}

const throughput = { youngMb: 64, oldMb: 768 };

/** The services in the order in which they start: whoever reads starts before who writes to it. */
export const servicePlans: readonly ServicePlan[] = [
  {
    name: 'insights',
    portVariable: 'INSIGHTS_PORT',
    defaultPort: 8090,
    heap: { youngMb: 16, oldMb: 1024 },
  },
  { name: 'metrics', portVariable: 'METRICS_PORT', defaultPort: 8093, heap: throughput },
  { name: 'interests', portVariable: 'INTERESTS_PORT', defaultPort: 8092, heap: throughput },
  { name: 'cleaner', portVariable: 'CLEANER_PORT', defaultPort: 8091, heap: throughput },
  { name: 'collector', portVariable: 'COLLECTOR_PORT', defaultPort: 8080, heap: throughput },
];

export function portOf(plan: ServicePlan, env: NodeJS.ProcessEnv): number {
  const text = env[plan.portVariable];
  if (text === undefined || text === '') return plan.defaultPort;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error(`${plan.portVariable}=${text} is not a port: give a number up to 65535.`);
}

/** The compiled program of a service, beside this compiled file. */
export function programOf(plan: ServicePlan): string {
  return join(__dirname, '..', '..', 'services', plan.name, 'main.js');
}

/** Node's own options for a service; what the environment says comes last and wins. */
export function nodeOptionsOf({ heap }: ServicePlan, env: NodeJS.ProcessEnv): string {
  const own = `--max-semi-space-size=${heap.youngMb} --max-old-space-size=${heap.oldMb}`;
  return `${own} ${env.NODE_OPTIONS ?? ''}`.trim();
}
