import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  /** Share of the file that is sent (0 to 1), events acknowledged, seconds since the start. */
  show(share: number, events: number, seconds: number): void;
  stop(): void;
}

const lineEveryMs = 5_000;

/** A bar on a terminal; elsewhere one plain line every five seconds. */
export function createProgress(output: NodeJS.WriteStream): Progress {
  return output.isTTY ? bar(output) : lines((line) => output.write(`${line}\n`));
}

function bar(stream: NodeJS.WriteStream): Progress {
  const format = 'replay [{bar}] {percentage} %  {events} events  {rate}/s';
  const single = new SingleBar({ stream, format, clearOnComplete: true }, Presets.legacy);
  single.start(1000, 0, { events: '0', rate: '0' });
  return {
    show(share, events, seconds) {
      single.update(Math.floor(share * 1000), {
        events: events.toLocaleString('en'),
        rate: rate(events, seconds),
      });
    },
    stop: () => single.stop(),
  };
}

function lines(say: (line: string) => void): Progress {
  let next = Date.now() + lineEveryMs;
  return {
    show(share, events, seconds) {
      if (Date.now() < next) return;
      next = Date.now() + lineEveryMs;
      const percent = (share * 100).toFixed(0).padStart(3);
      say(`replay ${percent} %: ${events.toLocaleString('en')} events, ${rate(events, seconds)}/s`);
    },
    stop: () => {},
  };
}

function rate(events: number, seconds: number): string {
  return Math.round(events / Math.max(seconds, 0.001)).toLocaleString('en');
}
