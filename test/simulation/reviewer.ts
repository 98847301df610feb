import { coordinatesText } from '../../services/shared/domain/event-row';
import type { Outcome } from '../../services/shared/domain/outcome';
import { partitionOf } from '../../services/shared/runtime/publisher';
import type { Say } from './host';
import type { Random } from './random';
import type { Servers } from './services';
import type { Timeline } from './timeline';
import { decisions } from './workload';

export interface ReviewOptions {
  readonly servers: Servers;
  readonly timeline: Timeline;
  readonly say: Say;
  /** Milliseconds from now. */
  readonly from: number;
  readonly to: number;
}

/** People and rules who decide on what they find in the events table: on the same again, against each
 *  other, on what is still on its way, and now and then nonsense. */
export function reviewAtRandom(random: Random, options: ReviewOptions): void {
  const { servers, timeline, from, to } = options;
  const { log, topics } = servers;
  for (let left = random.below(10); left > 0; left -= 1) {
    timeline.after(random.between(from, to), () => decide(random, options));
  }
  if (random.chance(0.1)) {
    const value = random.pick([null, Buffer.from('no decision')]);
    timeline.after(from, () => log.append(topics.review, 0, [{ key: null, value }]));
  }
}

function decide(random: Random, { servers, say }: ReviewOptions): void {
  const { log, table, codecs, topics } = servers;
  const rows = table.rows().filter(({ outcome }) => decisions[outcome as Outcome] !== undefined);
  if (rows.length === 0) return;
  // The last ones are those whose effects may still be on their way.
  const row = random.chance(0.5) ? rows.at(-1) : random.pick(rows);
  const verdict = random.pick(decisions[row?.outcome as Outcome] ?? []);
  const decoded = codecs.judged.decode(row?.record ?? null);
  if (row === undefined || !decoded.ok || decoded.value.event === null) return;
  const byPerson = random.chance(0.7);
  const decision = { reviewer: 'rita', note: '', decidedAt: servers.now(), byPerson };
  const value = codecs.judged.encode({ ...decoded.value, ...verdict, decision });
  const key = `${row.tenant}:${row.user}`;
  const partition = partitionOf(key, log.partitionsOf(topics.review).length);
  for (let times = random.chance(0.2) ? 2 : 1; times > 0; times -= 1) {
    log.append(topics.review, partition, [{ key, value }]);
  }
  say('reviewer', () => `${coordinatesText(row)} ${verdict.outcome}/${verdict.reason}`);
}
