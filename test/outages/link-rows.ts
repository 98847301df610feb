import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually';
import { httpAnswer, type LinkFault } from '../support/fault-proxy';
import { type OutageRow, ordinary } from './outage-row';
import { appendPoison, judgedOf } from './poison';
import { waits } from './waits';

const tagsGoOn = { leavesTags: true };

/** Rows that break the link to a server. */
export const linkRows: readonly OutageRow[] = [
  linkRow('clickhouse', 'hangs', { kind: 'hang' }, { isQuick: true, ...tagsGoOn }),
  linkRow('clickhouse', 'is down', { kind: 'refuse' }, tagsGoOn),
  linkRow('clickhouse', 'is read-only', { kind: 'answer', bytes: readOnly() }, tagsGoOn),
  linkRow('clickhouse', 'does, and does not answer', onlyAnswersLost(), tagsGoOn),
  linkRow('redis', 'hangs', { kind: 'hang' }, {}),
  linkRow('redis', 'does, and does not answer', onlyAnswersLost(), {}),
  linkRow('redis', 'resets after 4 KB', { kind: 'reset', afterBytes: 4096 }, {}),
  linkRow('redis', 'is 50 ms away', { kind: 'delay', ms: 50 }, {}),
];

function linkRow(
  server: 'redis' | 'clickhouse',
  how: string,
  fault: LinkFault,
  more: Partial<OutageRow>,
): OutageRow {
  const verb = how.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return {
    ...ordinary,
    ...{ name: `${server}-${verb}`, done: `${server} ${how}`, ...more },
    async run({ links }, lastsMs) {
      await links[server].break(fault);
      await sleep(lastsMs);
      await links[server].mend();
      return more.leavesTags === true
        ? 'numbers stand still, tags go on'
        : 'clicks are taken, tags wait';
    },
  };
}

function onlyAnswersLost(): LinkFault {
  return { kind: 'swallow', what: 'answers' };
}

function readOnly(): string {
  const why = 'Code: 164. DB::Exception: Cannot execute query in readonly mode. (READONLY)';
  return httpAnswer('500 Internal Server Error', why, ['x-clickhouse-exception-code: 164']);
}

const answers: Readonly<Record<string, string>> = {
  404: httpAnswer('404 Not Found', '{"error_code":40403,"message":"Schema not found"}'),
  500: httpAnswer('500 Internal Server Error', '{"error_code":50001,"message":"no"}'),
};

/** A partition gets records of a schema that nobody knows, while the registry cannot say so. */
export const registryRows = (['refuse', 'hang', '404', '500'] as const).map((how): OutageRow => {
  const fault: LinkFault =
    how === 'refuse' || how === 'hang'
      ? { kind: how }
      : { kind: 'answer', bytes: answers[how] ?? '' };
  return {
    ...{ ...ordinary, name: `registry-${how}`, leavesTags: true },
    done: `registry: ${how}; 10,000 records with an unknown schema id in the identity topic`,
    async run(world, lastsMs) {
      const { links, installation } = world;
      const asked = links.registry.requests();
      await links.registry.break(fault);
      const poisoned = await appendPoison(world, 10_000, 'unknown schema');
      await waits(installation, 'registry');
      await sleep(lastsMs);
      const dead = await judgedOf(world, poisoned);
      if (dead > 0) throw new Error(`${dead} records are dead although the registry could not say`);
      await links.registry.mend();
      const all = async () => (await judgedOf(world, poisoned)) === poisoned.records;
      await eventually(all, { deadlineMs: 60_000, message: 'dead letters once it can say' });
      return `known schemas go on; ${links.registry.requests() - asked} requests for 10,000 records`;
    },
  };
});
