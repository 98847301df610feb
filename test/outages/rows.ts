import { setTimeout as sleep } from 'node:timers/promises';
import { answersLost } from './answers-lost';
import { diskFullRows } from './disk-full';
import { leaderMoves } from './leader-moves';
import { linkRows, registryRows } from './link-rows';
import { tenfold } from './load';
import { type OutageRow, ordinary } from './outage-row';
import { floods, poison, undecodable } from './poison-rows';
import { processRows } from './process-rows';
import { emptied } from './redis-emptied';
import { rolledBack } from './redis-rolled-back';
import { rowRefused } from './refused-row';
import { rubbish } from './rubbish';
import { sigtermRows } from './sigterm';
import { waits } from './waits';

export const outageRows: readonly OutageRow[] = [
  ...linkRows,
  rowRefused,
  {
    ...{ ...ordinary, name: 'redis-killed', isQuick: true },
    done: 'SIGKILL to Redis, started again',
    async run({ servers }, lastsMs) {
      await servers.kill('redis');
      await sleep(lastsMs);
      await servers.restart('redis');
      return 'clicks are taken, tags wait';
    },
  },
  {
    ...{ ...ordinary, name: 'redis-full', done: 'Redis out of memory (noeviction)' },
    async run({ redis, installation }, lastsMs) {
      await redis.config('SET', 'maxmemory', '1');
      await waits(installation, 'redis');
      await sleep(lastsMs);
      await redis.config('SET', 'maxmemory', '0');
      return 'clicks are taken, tags wait';
    },
  },
  {
    ...{ ...ordinary, name: 'redis-scripts', done: 'SCRIPT FLUSH every 100 ms', leavesTags: true },
    async run({ redis }, lastsMs) {
      const until = Date.now() + lastsMs;
      for (; Date.now() < until; await sleep(100)) await redis.script('FLUSH');
      return 'nothing';
    },
  },
  emptied,
  rolledBack,
  ...registryRows,
  floods,
  poison,
  undecodable,
  rubbish,
  ...sigtermRows,
  ...processRows,
  ...diskFullRows,
  answersLost,
  tenfold,
  {
    ...{ ...ordinary, name: 'kafka-restarted', done: 'SIGKILL to Kafka, started again' },
    async run({ servers }, lastsMs) {
      await servers.kill('kafka');
      await sleep(lastsMs);
      await servers.restart('kafka');
      return '503 until it is back; clients send again';
    },
  },
  leaderMoves,
];
