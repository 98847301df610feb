import { createReadCleaned } from '../../../../services/shared/runtime/cleaned-record';
import { aDecision, aJudgedEvent, noon } from '../../../support/event-builders';
import { keepingLog } from '../../../support/log-lines';

const judged = aJudgedEvent();
const { topic, partition } = judged.source;
const record = {
  ...{ topic: 'events.clean.v1', partition, offset: 30, appendedAt: noon },
  ...{ key: null, value: null },
};

function aReader() {
  const counted: string[] = [];
  const { log, lines } = keepingLog();
  const metrics = {
    count: (_name: string, labels: object) => void counted.push(...Object.values(labels)),
  };
  const read = createReadCleaned({ sources: new Set([topic]), metrics, log });
  return { read, counted, lines };
}

test("the cleaner's own record is read, a decision from any partition of the review topic, too", () => {
  const { read, lines } = aReader();
  expect(read(record, { ok: true, value: judged })).toBe(judged);
  const decision = aDecision(judged);
  expect(read({ ...record, partition: 5 }, { ok: true, value: decision })).toBe(decision);
  expect(lines).toEqual([]);
});

test.each([
  ['elsewhere', { topic: 'elsewhere' }],
  ['in another partition', { partition: partition + 1 }],
  ['before the beginning', { offset: -1 }],
])('coordinates %s are told of and left out', (_where, part) => {
  const { read, counted, lines } = aReader();
  const value = { ...judged, source: { ...judged.source, ...part } };
  expect(read(record, { ok: true, value })).toBeNull();
  expect(counted).toEqual(['coordinates']);
  expect(lines).toHaveLength(1);
});

test('bytes that are no judged event are told of and left out', () => {
  const { read, counted } = aReader();
  expect(read(record, { ok: false, reason: 'not_avro', message: '3 bytes' })).toBeNull();
  expect(counted).toEqual(['not_avro']);
});

test('a later version of our own schema stops the process: leaving it out would lose an event', () => {
  const { read } = aReader();
  const later = { ok: false, reason: 'undecodable', message: 'schema 9', isOurs: true } as const;
  expect(() => read(record, later)).toThrow(expect.objectContaining({ name: 'FatalError' }));
  expect(() => read(record, later)).toThrow('Run the version of this service');
});
