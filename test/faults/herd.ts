import type { Random } from '../../deploy/replay/random';
import type { ServiceName } from '../../deploy/start/service-plans';
import { specOf } from '../../services/shared/runtime/failpoints';
import type { Installation } from './installation';
import type { ServiceProcess } from './service-process';

/** So many processes of each service, kept up as a supervisor would. */
export interface Herd {
  /** Processes wanted of each service. */
  want(service: ServiceName, processes: number): void;
  /** Ends one process at random, as a power cut would; one that has come up, or a slow machine would
   *  never see one that does. */
  killOne(services: readonly ServiceName[]): void;
  /** Ends one of a service: told to (SIGTERM), or not asked. */
  leave(service: ServiceName): Promise<void>;
  /** Tells the one to stop (SIGTERM) that has run longest; resolves when it is gone. */
  stopOldest(service: ServiceName): Promise<void>;
  /** Processes killed by this herd's hand; those of failpoints are in the processes' logs. */
  killed(): readonly string[];
  /** Processes that were told to stop. */
  stops(): number;
  /** Nothing is started any more. */
  stop(): void;
}

const lookEveryMs = 100;
const restartAfterMs = 300;

/** `armed`: every process it starts will fail several times by itself, and die in the end. */
export function createHerd(
  installation: Installation,
  random: Random,
  { armed }: { readonly armed: boolean },
): Herd {
  const wanted = new Map<ServiceName, number>();
  const notBefore = new Map<ServiceName, number>();
  const killed: string[] = [];
  let stops = 0;
  const look = () => {
    for (const [service, processes] of wanted) {
      if (installation.running(service).length >= processes) continue;
      const due = notBefore.get(service);
      if (due === undefined) notBefore.set(service, Date.now() + restartAfterMs);
      if (due === undefined || Date.now() < due) continue;
      notBefore.delete(service);
      installation.start(service, armed ? faultsOfALife(random) : '');
    }
  };
  const timer = setInterval(look, lookEveryMs);
  const pick = <T>(all: readonly T[]): T | undefined => all[Math.floor(random() * all.length)];
  const kill = (victim: ServiceProcess | undefined) => {
    if (victim === undefined) return;
    killed.push('killed from outside');
    victim.kill();
  };
  const tellToStop = async (process: ServiceProcess | undefined) => {
    if (process === undefined) return;
    stops += 1;
    await process.stop();
  };
  return {
    want: (service, processes) => void wanted.set(service, processes),
    killOne(services) {
      const all = services.flatMap((one) => installation.running(one));
      kill(pick(all.filter((one) => one.url() !== null)));
    },
    async leave(service) {
      const victim = pick(installation.running(service));
      if (random() < 0.5) kill(victim);
      else await tellToStop(victim);
    },
    stopOldest: (service) => tellToStop(installation.running(service)[0]),
    killed: () => killed,
    stops: () => stops,
    stop: () => clearInterval(timer),
  };
}

/** Errors before and after effects at any await, now and then a stall, and a kill as the end. */
function faultsOfALife(random: Random): string {
  const faults: string[] = [];
  let pass = 1 + Math.floor(random() * 8);
  const add = (kind: Parameters<typeof specOf>[0]['kind']) => {
    faults.push(specOf({ point: '*', kind, ms: 7000, pass }));
    pass += 1 + Math.floor(random() * 8);
  };
  for (let nth = 0; nth < 8; nth += 1) add(random() < 0.5 ? 'error-before' : 'error-after');
  if (random() < 0.1) add('stall');
  add(random() < 0.5 ? 'kill' : 'kill-after');
  return faults.join(',');
}
