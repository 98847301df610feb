import { rawLanes } from '../../../services/collector/lanes';
import { FatalError } from '../../../services/shared/runtime/errors';
import { rawKeys, topicsOf } from '../../../services/shared/runtime/topics';

const topics = topicsOf('t.');
const counts = new Map(rawKeys.map((key, index) => [topics[key], index + 1]));

test('every raw topic has its name and its number of partitions', () => {
  const lanes = rawLanes(topics, counts);
  expect(lanes.click).toEqual({ topic: topics.click, partitions: 1 });
  expect(Object.keys(lanes)).toEqual([...rawKeys]);
});

test('a missing topic is named, with what to do', () => {
  const fewer = new Map([...counts].filter(([topic]) => topic !== topics.order));
  const attempt = () => rawLanes(topics, fewer);
  expect(attempt).toThrow(FatalError);
  expect(attempt).toThrow(`Kafka has no ${topics.order}: run deploy/setup first`);
});
