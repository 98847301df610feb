import type { SettingsOf } from '../shared/runtime/config';
import type { ConsumerHandle, ConsumerSettings } from '../shared/runtime/consumer';
import type { Log } from '../shared/runtime/log';
import type { Metrics } from '../shared/runtime/metrics';
import { createPacer, type Pacer, type PacerOptions } from '../shared/runtime/pace';
import { type GroupName, groupOf, liveKeys, type Topics } from '../shared/runtime/topics';
import type { cleanerSettings } from './config';

type Settings = SettingsOf<typeof cleanerSettings>;

export interface Lane {
  readonly group: GroupName;
  readonly topics: readonly string[];
  readonly settings: ConsumerSettings;
}

/** What happens now, and decisions on it, apart from what is imported: a consumer of its own has
 *  fetches, batches and commits of its own, so that none of the one waits for those of the other. */
export function lanesOf(
  settings: Settings,
  topics: Topics,
): { readonly live: Lane; readonly import: Lane } {
  const { importMaxBytesPerPartition: maxBytesPerPartition } = settings;
  return {
    live: {
      group: 'cleaner',
      topics: [...liveKeys.map((key) => topics[key]), topics.review],
      settings,
    },
    import: {
      group: 'cleaner-import',
      topics: [topics.import],
      settings: { ...settings, maxBytesPerPartition, maxBytes: 4 * maxBytesPerPartition },
    },
  };
}

export interface PaceOptions {
  readonly topics: Topics;
  readonly admin: PacerOptions['admin'];
  readonly consumer: Pick<ConsumerHandle, 'pause' | 'resume'>;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Holds the import lane while the tags are far behind: a backfill never delays a live click. */
export function paceImports(
  settings: Settings,
  { topics, admin, consumer, log, metrics }: PaceOptions,
): Pacer {
  return createPacer({
    ...{ admin, log, metrics },
    group: groupOf('interests', settings.groupPrefix),
    topic: topics.clean,
    maxLag: settings.importMaxLag,
    everyMs: settings.importPaceEveryMs,
    onPause: () => consumer.pause([topics.import]),
    onResume: () => consumer.resume([topics.import]),
  });
}
