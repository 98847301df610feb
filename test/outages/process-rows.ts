import { setTimeout as sleep } from 'node:timers/promises';
import { type OutageRow, ordinary } from './outage-row';
import { everyService, type World } from './world';

const hourMs = 3_600_000;

/** Things that happen to the services themselves. */
export const processRows: readonly OutageRow[] = [
  clockRow('clock-forward', 'an hour ahead', hourMs),
  clockRow('clock-back', 'an hour back', -hourMs),
  {
    ...{ ...ordinary, name: 'stall', done: 'each service stands still for 2 s (SIGSTOP)' },
    async run({ installation }, lastsMs) {
      const until = Date.now() + lastsMs;
      let stalls = 0;
      do {
        for (const service of everyService) {
          await standStill(installation.running(service)[0]?.pid, 2000);
          stalls += 1;
          await sleep(500);
        }
      } while (Date.now() < until);
      return `${stalls} times; what was on its way comes late`;
    },
  },
];

/** One clock after the other is wrong, so that they also differ; then all are right again, which is a
 *  jump the other way. */
function clockRow(name: string, how: string, shiftMs: number): OutageRow {
  return {
    ...{ ...ordinary, name, done: `the clock of one service after the other jumps ${how}` },
    leavesTags: true,
    async run(world, lastsMs) {
      for (const service of everyService) {
        world.setClock(service, shiftMs);
        await sleep(lastsMs / everyService.length);
      }
      await numbersMove(world);
      for (const service of everyService) world.setClock(service, 0);
      await numbersMove(world);
      return 'nothing; numbers go on';
    },
  };
}

/** Everything that has been accepted has its row within seconds, not within an hour. */
async function numbersMove({ installation }: World): Promise<void> {
  const metrics = installation.running('metrics')[0];
  const text = async () => (await fetch(`${metrics?.url()}/metrics`)).text();
  const written = async () =>
    Number(
      /^tributary_rows_inserted_total\{[^}]*table="events"[^}]*\} (\d+)/m.exec(await text())?.[1],
    );
  const before = await written();
  await sleep(5000);
  if ((await written()) > before) return;
  throw new Error('metrics writes nothing since a clock was set');
}

async function standStill(pid: number | undefined, ms: number): Promise<void> {
  if (pid === undefined) throw new Error('a service that should run does not');
  process.kill(pid, 'SIGSTOP');
  await sleep(ms);
  process.kill(pid, 'SIGCONT');
}
