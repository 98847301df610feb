import { join } from 'node:path';
import { projectRoot } from '../../services/shared/runtime/root';

export type ServiceName = 'collector' | 'cleaner' | 'interests' | 'metrics' | 'insights';

export interface ServicePlan {
  readonly name: ServiceName;
  /** The compiled program. */
  readonly program: string;
  readonly portVariable: string;
  readonly defaultPort: number;
  /** Heap sizes in MB. A large young generation lets the objects of a batch die before they are
   *  moved; insights, which answers one question at a time, needs none. */
  readonly heap: { readonly youngMb: number; readonly oldMb: number };
}

const throughput = { youngMb: 64, oldMb: 768 };

export const servicePlans: readonly ServicePlan[] = [
  aPlan('collector', 8080, throughput),
  aPlan('cleaner', 8091, throughput),
  aPlan('interests', 8092, throughput),
  aPlan('metrics', 8093, throughput),
  aPlan('insights', 8090, { youngMb: 16, oldMb: 1024 }),
];

function aPlan(name: ServiceName, defaultPort: number, heap: ServicePlan['heap']): ServicePlan {
  return {
    name,
    program: join(projectRoot, 'dist', 'services', name, 'main.js'),
    portVariable: `${name.toUpperCase()}_PORT`,
    defaultPort,
    heap,
  };
}

/** The port the environment gives a service, or its own. Throws where that is no port. */
export function portOf(plan: ServicePlan, env: NodeJS.ProcessEnv): number {
  const text = env[plan.portVariable];
  if (text === undefined || text === '') return plan.defaultPort;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error(`${plan.portVariable}=${text} is not a port: give a number up to 65535.`);
}

/** Where the pages of insights find the other services, unless the environment says it. */
export function neighboursOf({ name }: ServicePlan, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (name !== 'insights') return {};
  return {
    INSIGHTS_INTERESTS_URLS: env.INSIGHTS_INTERESTS_URLS ?? urlOf('interests', env),
    INSIGHTS_COLLECTOR_URL: env.INSIGHTS_COLLECTOR_URL ?? urlOf('collector', env),
  };
}

/** Where a service listens on this machine. Throws where the environment gives it no port. */
export function urlOf(name: ServiceName, env: NodeJS.ProcessEnv): string {
  const plan = servicePlans.find((one) => one.name === name);
  if (plan === undefined) throw new Error(`there is no plan for ${name}`);
  return `http://127.0.0.1:${portOf(plan, env)}`;
}

/** Node's own options for a service; what the environment says comes last and wins. */
export function nodeOptionsOf({ heap }: ServicePlan, env: NodeJS.ProcessEnv): string {
  const own = `--max-semi-space-size=${heap.youngMb} --max-old-space-size=${heap.oldMb}`;
  return `${own} ${env.NODE_OPTIONS ?? ''}`.trim();
}
