import { type Happening, happeningsOf, type TrueMessage } from '../../../../deploy/traffic/crowd';
import type { TrafficPlan } from '../../../../deploy/traffic/plan';

export const startAt = Date.UTC(2026, 0, 15, 12);

export function aPlan(part: Partial<TrafficPlan> = {}): TrafficPlan {
  return {
    seed: 1,
    startAt,
    run: 'r1',
    eventsPerSecond: 50,
    pace: 10,
    followed: 'ann',
    offlineHours: { least: 1, most: 6 },
    ...part,
  };
}

/** What happens in the first seconds of a plan. */
export function firstSeconds(plan: TrafficPlan, seconds: number): readonly Happening[] {
  const happenings: Happening[] = [];
  for (const happening of happeningsOf(plan)) {
    if (happening.at >= plan.startAt + seconds * 1000) break;
    happenings.push(happening);
  }
  return happenings;
}

export function messagesOf(happenings: readonly Happening[]): readonly TrueMessage[] {
  return happenings.flatMap(({ messages }) => messages);
}
