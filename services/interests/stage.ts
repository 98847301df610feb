import type { Application } from '../shared/domain/application';
import type { JudgedEvent } from '../shared/domain/outcome';
import { createReadCleaned } from '../shared/runtime/cleaned-record';
import type { Clock } from '../shared/runtime/clock';
import type { Codec } from '../shared/runtime/codec';
import type { Log } from '../shared/runtime/log';
import type { Metrics } from '../shared/runtime/metrics';
import type { Stage } from '../shared/runtime/stage';
import type { StepTimer } from '../shared/runtime/steps';
import { rawKeys, type Topics } from '../shared/runtime/topics';
import { type Delays, delaysOf } from './delays';
import { effectOf } from './effect';

/** README.md says what happens when a server is down. */
export interface InterestsDeps {
  readonly codec: Pick<Codec<JudgedEvent>, 'prepare' | 'decode'>;
  readonly tags: TagWriter;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly timed: StepTimer;
  readonly metrics: Pick<Metrics, 'count' | 'observe'>;
  readonly log: Pick<Log, 'error'>;
}

export interface TagWriter {
  /** Adds weights and moves watermarks in one atomic step a user; answers, in order, whether each
   *  application was made now or had been before. Idempotent by source record and version. */
  apply(applications: readonly Application[]): Promise<readonly boolean[]>;
}

/** Clean records in, tags and profiles in Redis out. The consumer commits after this resolves; what
 *  is delivered again is at or below its watermark. */
export function createInterestsStage(deps: InterestsDeps): Stage {
  const { codec, tags, topics, clock, timed, metrics, log } = deps;
  const sources = new Set(rawKeys.map((key) => topics[key]));
  const read = createReadCleaned({ sources, metrics, log });
  return async function tag({ records }) {
    await timed('prepare', () => codec.prepare(records.map(({ value }) => value)));
    const effects = await timed('decide', () =>
      records.flatMap((record) => {
        const judged = read(record, codec.decode(record.value));
        return judged === null ? [] : [effectOf(record, judged)];
      }),
    );
    const wanted = effects.flatMap(({ applications }) => applications);
    const applied = await timed('apply', () => tags.apply(wanted));
    const delays = delaysOf(effects, applied, { now: clock.now(), topics });
    report(applied, delays, metrics);
  };
}

function report(
  applied: readonly boolean[],
  delays: readonly Delays[],
  metrics: InterestsDeps['metrics'],
): void {
  const made = applied.filter((each) => each).length;
  metrics.count('tributary_tags_applied_total', {}, made);
  metrics.count('tributary_tags_skipped_total', {}, applied.length - made);
  for (const { lane, seconds, implausible } of delays) {
    for (const each of seconds) metrics.observe('tributary_event_to_tag_seconds', { lane }, each);
    metrics.count('tributary_event_to_tag_skipped_total', { lane }, implausible);
  }
}
