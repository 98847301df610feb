import { alignedTable, count, decimal } from '../../deploy/summary/table';
import type { Measured, Minute } from './run';

const mebibyte = 2 ** 20;

/** One row for each number of events a request, at the rate that the clients could keep up. */
export function sustainedLines(all: readonly Measured[]): readonly string[] {
  const head = [
    ...['events a request', 'events/s', 'requests/s', 'p50 ms', 'p99 ms', 'max ms'],
    ...['collector µs', 'Kafka µs', 'sender µs', 'RSS MB'],
  ];
  const rows = all.map((one) => [
    String(one.eventsEach),
    whole(one.eventsPerSecond),
    whole(one.eventsPerSecond / one.eventsEach),
    ...times(one),
    ...[one.collectorMicros, one.kafkaMicros, one.senderMicros].map((each) => decimal(each, 1)),
    megabytes(one.residentBytes),
  ]);
  return ['Sustained (µs: CPU time an event)', ...alignedTable(head, rows)];
}

export function soakLines(one: Measured): readonly string[] {
  const growth = one.growthPerMinute === null ? '-' : signedMegabytes(one.growthPerMinute);
  const minutes = decimal(one.seconds / 60, 1);
  return [
    `The long run: ${minutes} minutes, ${one.eventsEach} events a request`,
    `  ${whole(one.eventsPerSecond)} events/s, ${count(one.acknowledged)} events; p50, p99, max: ${times(one).join(', ')} ms`,
    `  resident at most ${megabytes(one.residentBytes)} MB; ${growth} MB a minute over the second half`,
  ];
}

/** What came back from more than it can take. */
export function overloadLines(all: readonly Measured[]): readonly string[] {
  const head = [
    ...['events a request', 'offered/s', 'taken/s', '200', '429', '503', 'other', 'waiting'],
    ...['p50 ms', 'p99 ms', 'max ms', 'RSS MB'],
  ];
  const rows = all.map((one) => {
    const { 200: taken = 0, 429: limited = 0, 503: failed = 0, ...rest } = one.requests;
    const others = Object.values(rest).reduce((sum, requests) => sum + requests, 0);
    return [
      String(one.eventsEach),
      whole(one.offered ?? 0),
      whole(one.eventsPerSecond),
      ...[taken, limited, failed, others, one.notSent].map(count),
      ...times(one),
      megabytes(one.residentBytes),
    ];
  });
  const title = 'Overload (requests by answer; waiting: due when every connection was busy)';
  return [title, ...alignedTable(head, rows)];
}

/** Said after every run; a loss would have ended it. */
export function lossLine({ acknowledged, unsure, recorded }: Measured): string {
  return `  acknowledged ${count(acknowledged)}, in Kafka ${count(recorded)}, unsure ${count(unsure)}`;
}

export function minuteLine({ minute, eventsPerSecond, residentBytes }: Minute): string {
  return `  minute ${minute}: ${whole(eventsPerSecond)} events/s, ${megabytes(residentBytes)} MB resident`;
}

function times({ p50, p99, max }: Measured): readonly string[] {
  return [p50, p99, max].map((ms) => (ms === null ? '-' : decimal(ms, 1)));
}

function whole(value: number): string {
  return count(Math.round(value));
}

function megabytes(bytes: number): string {
  return count(Math.round(bytes / mebibyte));
}

function signedMegabytes(bytes: number): string {
  return `${bytes < 0 ? '' : '+'}${decimal(bytes / mebibyte, 2)}`;
}
