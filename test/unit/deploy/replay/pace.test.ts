import { evenPace, eventsPerRequest } from '../../../../deploy/replay/pace';

test('events go out evenly, and a stall is not caught up on', async () => {
  const clock = { now: 1_000_000 };
  const waits: number[] = [];
  const pace = evenPace(100, {
    now: () => clock.now,
    wait: async (ms) => {
      waits.push(ms);
      clock.now += ms;
    },
  });
  await pace(10); // the first goes at once
  clock.now += 40;
  await pace(10); // 60 ms early
  await pace(10); // 100 ms early
  clock.now += 5_000;
  await pace(10); // late: at once
  await pace(10);
  expect(waits).toEqual([60, 100, 100]);
});

test.each([['max', 500] as const, [100_000, 500] as const, [1000, 100] as const, [3, 1] as const])(
  'at %s events a second a request holds %s',
  (speed, events) => {
    expect(eventsPerRequest(speed, 500)).toBe(events);
  },
);
