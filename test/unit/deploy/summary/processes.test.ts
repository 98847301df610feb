import { ProcessMeter, type Reading } from '../../../../deploy/summary/processes';

function aMeter() {
  const readings = new Map<number, Reading>();
  const meter = new ProcessMeter((pid) => readings.get(pid) ?? null);
  const set = (pid: number, cpuSeconds: number, residentBytes = 0) =>
    readings.set(pid, { cpuSeconds, residentBytes });
  return { meter, set, end: (pid: number) => readings.delete(pid) };
}

test('counts from the mark, by name, in the order of first sight', () => {
  const { meter, set } = aMeter();
  set(1, 5, 100);
  set(2, 7, 200);
  meter.watch('kafka', 1);
  meter.watch('redis', 2);
  meter.mark();
  set(1, 6, 150);
  expect(meter.usage()).toEqual([
    { name: 'kafka', cpuSeconds: 1, residentBytes: 150 },
    { name: 'redis', cpuSeconds: 0, residentBytes: 200 },
  ]);
});

test('a process that starts after the mark counts whole', () => {
  const { meter, set } = aMeter();
  meter.mark();
  set(3, 0.25, 10);
  meter.watch('replay', 3);
  set(3, 2, 10);
  expect(meter.usage()).toEqual([{ name: 'replay', cpuSeconds: 2, residentBytes: 10 }]);
});

test('a killed process keeps what was last seen of it, and its successor adds to that', () => {
  const { meter, set, end } = aMeter();
  set(1, 10, 100);
  meter.watch('cleaner', 1);
  meter.mark();
  set(1, 12, 100);
  meter.sample();
  end(1);
  set(9, 3, 50);
  meter.watch('cleaner', 9);
  expect(meter.usage()).toEqual([{ name: 'cleaner', cpuSeconds: 5, residentBytes: 50 }]);
});

test('reads this very process from the system', () => {
  const meter = new ProcessMeter();
  meter.watch('self', process.pid);
  const [self] = meter.usage();
  const { user, system } = process.cpuUsage();
  expect(Math.abs((self?.cpuSeconds ?? 0) - (user + system) / 1e6)).toBeLessThan(0.5);
  const memory = process.memoryUsage().rss;
  expect((self?.residentBytes ?? 0) / memory).toBeGreaterThan(0.5);
  expect((self?.residentBytes ?? 0) / memory).toBeLessThan(2);
});
