import { setTimeout as sleep } from 'node:timers/promises';
import type { DiskOf } from './disks';
import { type OutageRow, ordinary } from './outage-row';

const seen: Readonly<Record<DiskOf, string>> = {
  kafka: 'the broker ends itself; 503 until there is room and it is started again',
  redis: 'clicks are taken, tags wait',
  clickhouse: 'numbers stand still, tags go on',
};

/** Not a byte is left on the file system of one server. */
export const diskFullRows = (['clickhouse', 'redis', 'kafka'] as const).map(
  (of): OutageRow => ({
    ...{ ...ordinary, name: `disk-full-${of}`, done: `the disk of ${of} is full` },
    ...{ leavesTags: of === 'clickhouse', needsDisks: true },
    async run({ disks, servers }, lastsMs) {
      if (disks === null) throw new Error('servers have no file systems of their own');
      disks.fill(of);
      await sleep(lastsMs);
      const isGone = servers.pids[of] === undefined;
      disks.free(of);
      if (isGone || of === 'kafka') await servers.restart(of);
      if (isGone !== (of === 'kafka')) throw new Error(`${of} ${isGone ? 'ended' : 'went on'}`);
      return seen[of];
    },
  }),
);
