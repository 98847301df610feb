import { type Bed, startBed } from './bed';
import { type BenchFlags, readFlags } from './options';
import { lossLine, minuteLine, overloadLines, soakLines, sustainedLines } from './render';
import { type Measured, measure } from './run';

const say = (line: string) => void process.stderr.write(`${line}\n`);
const show = (lines: readonly string[]) => void process.stdout.write(`${lines.join('\n')}\n\n`);

/** Before each measurement, so that the code is compiled and the connections to Kafka are there. */
const warmUpSeconds = 5;

async function main(flags: BenchFlags): Promise<void> {
  const bed = await startBed(process.env, say);
  try {
    const sustained = await sustainedRates(bed, flags);
    show(sustainedLines(sustained));
    if (flags.soak > 0) show(soakLines(await soak(bed, flags)));
    if (flags.overload > 0) show(overloadLines(await overloads(bed, flags, sustained)));
  } finally {
    await bed.stop();
  }
}

async function sustainedRates(bed: Bed, flags: BenchFlags): Promise<readonly Measured[]> {
  const { sizes, seconds, connections } = flags;
  const all: Measured[] = [];
  for (const eventsEach of sizes) {
    const load = { eventsEach, connections, offered: null };
    await measure(bed, { ...load, seconds: warmUpSeconds });
    say(`${eventsEach} events a request, for ${seconds} s`);
    all.push(await measured(bed, { ...load, seconds }));
  }
  return all;
}

function soak(bed: Bed, { soak: seconds, soakSize, connections }: BenchFlags): Promise<Measured> {
  say(`the long run: ${soakSize} events a request, as fast as it goes, for ${seconds} s`);
  const load = { eventsEach: soakSize, connections, offered: null, seconds };
  return measured(bed, load);
}

async function overloads(
  bed: Bed,
  { overload: seconds, overloadFactor, overloadConnections: connections }: BenchFlags,
  sustained: readonly Measured[],
): Promise<readonly Measured[]> {
  const all: Measured[] = [];
  for (const { eventsEach, eventsPerSecond } of sustained) {
    const offered = overloadFactor * eventsPerSecond;
    say(`${eventsEach} events a request, ${Math.round(offered)} events/s, for ${seconds} s`);
    all.push(await measured(bed, { eventsEach, connections, offered, seconds }));
  }
  return all;
}

async function measured(bed: Bed, load: Parameters<typeof measure>[1]): Promise<Measured> {
  const result = await measure(bed, load, (minute) => say(minuteLine(minute)));
  say(lossLine(result));
  return result;
}

main(readFlags(process.argv.slice(2))).then(
  () => process.exit(0),
  (error: Error) => {
    say(error.message);
    process.exit(1);
  },
);
