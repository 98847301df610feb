import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type OutageRow, ordinary } from './outage-row';

/** Redis goes back in time, as it does where a replica that was behind takes over or a copy is
 *  restored: claims, tags and watermarks of some seconds are gone, and Kafka's offsets are not. */
export const rolledBack: OutageRow = {
  ...{ ...ordinary, name: 'redis-rolled-back', isQuick: true },
  done: 'SIGKILL to Redis, started again with the data it had at the beginning of the outage',
  async run({ servers, folder }, lastsMs) {
    const data = join(folder, 'data', 'redis', 'appendonlydir');
    const copy = join(folder, 'redis-of-before');
    cpSync(data, copy, { recursive: true });
    await sleep(lastsMs);
    await servers.kill('redis');
    rmSync(data, { recursive: true });
    cpSync(copy, data, { recursive: true });
    rmSync(copy, { recursive: true });
    await servers.restart('redis');
    return 'clicks are taken, tags of that time are gone until they are repeated';
  },
};
