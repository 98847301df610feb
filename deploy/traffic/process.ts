import { join } from 'node:path';
import { launch, type RunningServer } from '../local/process';
import { type TrafficFlags, trafficArguments } from './options';

export interface TrafficProcessOptions {
  /** What differs from the simulator's own defaults; `collector` is needed. */
  readonly flags: Partial<TrafficFlags> & Pick<TrafficFlags, 'collector'>;
  /** The log goes to `logs/traffic.log` below it. */
  readonly folder: string;
  readonly say: (line: string) => void;
  /** Told the process id. */
  readonly started: (pid: number) => void;
}

/** Starts the simulator as a process of its own: a launcher that is busy drawing must not slow it
 *  down, and its CPU time can be told apart. */
export function startTraffic(options: TrafficProcessOptions): Promise<RunningServer> {
  const { flags, folder, say, started } = options;
  const logFile = join(folder, 'logs', 'traffic.log');
  return launch(
    {
      name: 'traffic',
      command: process.execPath,
      args: ['--enable-source-maps', join(__dirname, 'main.js'), ...trafficArguments(flags)],
      logFile,
      ready: async () => true,
      readyWithinMs: 10_000,
      stopWithinMs: 12_000,
    },
    {
      spawned: started,
      endedUnexpectedly: (how) => say(`live traffic ended (${how}); ${logFile} says why`),
    },
  );
}
