import { type Batch, Batcher } from './batches';
import type { Format, LineReader } from './format';
import { ga4Format } from './ga4';
import { type LineFile, openLines } from './lines';
import { eventsPerRequest, paceOf, type Speed } from './pace';
import { createPost } from './post';
import type { Progress } from './progress';
import { segmentFormat } from './segment';
import { Sender } from './sender';
import { sendingOrder, type Variation } from './variation';

export type FormatName = 'ga4' | 'segment';

export interface ReplayOptions {
  readonly file: string;
  readonly format: FormatName;
  /** Address of the collector, without a path. */
  readonly collectorUrl: string;
  readonly writeKey: string;
  readonly speed: Speed;
  /** Null sends the file as it stands. With a variation the whole file is held in memory. */
  readonly variation: Variation | null;
}

export interface ReplayReport {
  readonly file: string;
  /** Events acknowledged by the collector: every line of the file, as often as the variation says. */
  readonly accepted: number;
  /** Events in requests that were sent once more after no answer, 429 or 5xx. */
  readonly sentAgain: number;
  /** Lines that are no event; they go out as plain text, so that the ledger shows them refused. */
  readonly unreadable: number;
  readonly requests: number;
  readonly seconds: number;
}

/** The collector takes 500 KB and 2,500 events a request; small requests cost it more an event. */
const bounds = { maxEvents: 500, maxBytes: 400_000 };
const requestsInFlight = 6;

/**
 * Sends a recorded file through the collector's import call and resolves when every event is
 * acknowledged. Rejects where the file cannot be read or the collector refuses for good.
 */
export async function replay(
  options: ReplayOptions,
  { progress, say }: { progress: Progress; say: (line: string) => void },
): Promise<ReplayReport> {
  const started = Date.now();
  const seconds = () => (Date.now() - started) / 1000;
  const sender = senderFor(options, say);
  const pace = paceOf(options.speed);
  const source = await openSource(options);
  const state = { unreadable: 0 };
  for await (const batch of batchesOf(source, options.speed, state)) {
    await pace(batch.events);
    await sender.send(batch);
    progress.show(source.share(), sender.counts.accepted, seconds());
  }
  await sender.settled();
  progress.stop();
  return { file: options.file, ...sender.counts, ...state, seconds: seconds() };
}

function senderFor(options: ReplayOptions, say: (line: string) => void): Sender {
  const post = createPost({
    url: `${options.collectorUrl}/v1/import`,
    writeKey: options.writeKey,
    timeoutMs: 30_000,
    maxSockets: requestsInFlight,
  });
  return new Sender({
    post,
    inFlight: requestsInFlight,
    say,
    backOff: { baseMs: 100, maxMs: 3_000 },
  });
}

interface Source {
  readonly reader: LineReader;
  readonly lines: AsyncIterable<readonly string[]> | Iterable<readonly string[]>;
  /** Share of the source that has been read, 0 to 1. */
  share(): number;
}

async function openSource({ file, format, variation }: ReplayOptions): Promise<Source> {
  const { reader, lines, progress } = await withHeading(await openLines(file), formats[format]);
  if (variation === null) {
    return { reader, lines, share: () => progress.read / Math.max(1, progress.total) };
  }
  const all: string[] = [];
  for await (const group of lines) for (const line of group) all.push(line);
  const order = sendingOrder(all, reader, variation);
  const read = { lines: 0 };
  return {
    reader,
    lines: inOrder(all, order, read),
    share: () => read.lines / Math.max(1, order.length),
  };
}

const formats: Readonly<Record<FormatName, Format>> = { ga4: ga4Format, segment: segmentFormat };

async function withHeading({ lines, progress }: LineFile, format: Format) {
  if (!format.heading) return { reader: format.reader(''), lines, progress };
  const groups = lines[Symbol.asyncIterator]();
  const [heading = '', ...first] = (await groups.next()).value ?? [];
  async function* rest() {
    yield first;
    yield* { [Symbol.asyncIterator]: () => groups };
  }
  return { reader: format.reader(heading), lines: rest(), progress };
}

function* inOrder(lines: readonly string[], order: Uint32Array, read: { lines: number }) {
  for (const index of order) {
    read.lines += 1;
    yield [lines[index] as string];
  }
}

async function* batchesOf(
  { reader, lines }: Source,
  speed: Speed,
  state: { unreadable: number },
): AsyncGenerator<Batch> {
  const maxEvents = eventsPerRequest(speed, bounds.maxEvents);
  const batcher = new Batcher({ ...bounds, maxEvents });
  for await (const group of lines) {
    for (const line of group) {
      const full = batcher.add(messageOf(line, reader, state));
      if (full !== null) yield full;
    }
  }
  const last = batcher.take();
  if (last !== null) yield last;
}

function messageOf(line: string, reader: LineReader, state: { unreadable: number }): string {
  try {
    return reader.message(line);
  } catch {
    state.unreadable += 1;
    return JSON.stringify(line);
  }
}
