import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { addReplayFlags, type ReplayFlags, variationOf } from './options';
import { createProgress } from './progress';
import { replay } from './replay';

interface Flags extends ReplayFlags {
  readonly collector: string;
  readonly report?: string;
}

const command = addReplayFlags(new Command('replay'))
  .description('sends a recorded file through a running collector')
  .argument('<file>', 'the file; .gz is unpacked while it is read')
  .option('--collector <url>', 'where the collector listens', 'http://127.0.0.1:8080')
  .option('--report <file>', 'writes what was sent there, as JSON')
  .action(async (file: string, flags: Flags) => {
    if (flags.format === undefined)
      throw new Error('say what the file holds: --format ga4|segment');
    const say = (line: string) => process.stdout.write(`${line}\n`);
    const options = {
      file,
      format: flags.format,
      collectorUrl: flags.collector,
      writeKey: flags.writeKey,
      speed: flags.speed,
      variation: variationOf(flags),
    };
    const report = await replay(options, { progress: createProgress(process.stdout), say });
    if (flags.report !== undefined) writeFileSync(flags.report, JSON.stringify(report));
    say(sentence(report.accepted, report.sentAgain, report.seconds));
  });

function sentence(accepted: number, sentAgain: number, seconds: number): string {
  const rate = Math.round(accepted / Math.max(seconds, 0.001)).toLocaleString('en');
  const again = sentAgain > 0 ? `, ${sentAgain.toLocaleString('en')} sent again` : '';
  const events = accepted.toLocaleString('en');
  return `replayed ${events} events in ${seconds.toFixed(1)} s (${rate}/s)${again}`;
}

command.parseAsync().then(
  () => process.exit(0), // kept-alive connections would hold the process for seconds
  (error: Error) => {
    process.stderr.write(`replay: ${error.message}\n`);
    process.exit(1);
  },
);
