import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { FatalError } from '../../services/shared/runtime/errors';
import { groupLag } from '../../services/shared/runtime/group-offsets';
import { logBounds } from '../../services/shared/runtime/kafka';

export interface QuietOptions {
  readonly admin: Admin;
  /** The group that writes the rows, and the topics it makes them from. */
  readonly group: string;
  readonly topics: readonly string[];
  /** The ends must stand still for this long: longer than a request of the cleaner may take. */
  readonly stillMs: number;
  readonly withinMs: number;
  readonly say: (line: string) => void;
}

/** Resolves when the cleaner publishes nothing any more and every record it published has its row.
 *  FatalError where that does not come about. */
export async function untilQuiet(options: QuietOptions): Promise<void> {
  const deadline = Date.now() + options.withinMs;
  let stillSince = Date.now();
  let before = '';
  let said = '';
  for (;;) {
    const { ends, behind } = await look(options);
    if (ends !== before) stillSince = Date.now();
    before = ends;
    if (behind === 0 && Date.now() - stillSince >= options.stillMs) return;
    const line = `waiting until every published record has its row: ${behind} have none yet`;
    if (line !== said) options.say(line);
    said = line;
    if (Date.now() > deadline) {
      throw new FatalError(
        `${behind} published records have no row, or new ones keep coming: metrics must run, and its ` +
          'ClickHouse; the cleaner must not write to another Redis than this one.',
      );
    }
    await sleep(500);
  }
}

async function look({ admin, group, topics }: QuietOptions) {
  const ends: string[] = [];
  for (const topic of topics) {
    const bounds = await logBounds(admin, topic);
    for (const [partition, { high }] of bounds) ends.push(`${topic}/${partition}/${high}`);
  }
  return { behind: await groupLag(admin, group, topics), ends: ends.join() };
}
