import { delaysOf } from '../../../services/interests/delays';
import type { Effect } from '../../../services/interests/effect';
import { applicationsOf } from '../../../services/shared/domain/application';
import type { JudgedEvent } from '../../../services/shared/domain/outcome';
import { topicsOf } from '../../../services/shared/runtime/topics';
import { aDecision, aJudgedEvent, anEvent, noon } from '../../support/event-builders';

const topics = topicsOf();
const effect = (judged: JudgedEvent): Effect => ({ judged, applications: applicationsOf(judged) });
const received = (agoMs: number, topic = topics.click, userId: string | null = null) =>
  effect(
    aJudgedEvent({
      source: { topic, partition: 0, offset: 0 },
      event: anEvent({ receivedAt: noon - agoMs, userId }),
    }),
  );
const delays = (effects: readonly Effect[], applied: readonly boolean[]) =>
  delaysOf(effects, applied, { now: noon, topics });

test('an event is late by the time since its receipt, by lane', () => {
  const effects = [received(120), received(45, topics.import), received(300, topics.order)];
  expect(delays(effects, [true, true, true])).toEqual([
    { lane: 'live', seconds: [0.12, 0.3], implausible: 0 },
    { lane: 'import', seconds: [0.045], implausible: 0 },
  ]);
});

test('an event counts once, whatever number of ids it has, and not if it was applied before', () => {
  const effects = [
    received(10, topics.click, 'u-1'),
    received(20, topics.click, 'u-2'),
    received(30),
  ];
  const applied = [false, true, false, false, true];
  expect(delays(effects, applied)[0]).toEqual({
    lane: 'live',
    seconds: [0.01, 0.03],
    implausible: 0,
  });
});

test.each([
  [-1, 0],
  [0, 1],
  [3_600_000, 1],
  [3_600_001, 0],
])('received %i ms ago: %i plausible', (agoMs, plausible) => {
  const [live] = delays([received(agoMs)], [true]);
  expect(live?.seconds).toHaveLength(plausible);
  expect(live?.implausible).toBe(1 - plausible);
});

test('a decision waited for a person and is left out', () => {
  const [live] = delays([effect(aDecision(aJudgedEvent()))], [true]);
  expect(live).toEqual({ lane: 'live', seconds: [], implausible: 0 });
});
