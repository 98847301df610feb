import { randomInt } from 'node:crypto';
import { Command } from 'commander';
import { LabelFile } from './labels';
import { addTrafficFlags, type TrafficFlags } from './options';
import { runTraffic } from './run';

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (interrupted.signal.aborted) process.exit(130);
    interrupted.abort();
  });
}

const say = (line: string) => process.stdout.write(`${line}\n`);

const command = addTrafficFlags(new Command('traffic'))
  .description('sends made-up visitors of a shop to a running collector, until Ctrl-C')
  .action(async (flags: TrafficFlags) => {
    const { seed, rate, pace, followed, offlineHours } = flags;
    const startAt = Date.now();
    const run = `${startAt.toString(36)}${randomInt(36 ** 3).toString(36)}`;
    say(`traffic: ${rate} events/s to ${flags.collector}; '${followed}' is the one to watch`);
    const report = await runTraffic({
      plan: { seed, startAt, run, eventsPerSecond: rate, pace, followed, offlineHours },
      collectorUrl: flags.collector,
      writeKey: flags.writeKey,
      forMs: flags.for === undefined ? null : flags.for * 1000,
      labels: flags.labels === undefined ? null : new LabelFile(flags.labels, flags.labelsMb * 1e6),
      say,
      signal: interrupted.signal,
    });
    const { accepted, sentAgain, givenUp, seconds } = report;
    say(
      `traffic: ${accepted} events in ${seconds.toFixed(1)} s, ${sentAgain} sent again, ${givenUp} given up`,
    );
  });

command.parseAsync().then(
  () => process.exit(0), // kept-alive connections would hold the process for seconds
  (error: Error) => {
    process.stderr.write(`traffic: ${error.message}\n`);
    process.exit(1);
  },
);
