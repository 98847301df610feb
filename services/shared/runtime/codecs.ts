import type { Event } from '../domain/event';
import type { JudgedEvent } from '../domain/outcome';
import { type Codec, createCodec } from './codec';
import { createRegistry } from './registry';
import { schemaText } from './schema-files';
import { subjectOf } from './topics';

export interface TopicCodecOptions {
  readonly registryUrl: string;
  readonly timeoutMs?: number;
  /** A topic whose values the codec writes; all topics of one schema share its id. */
  readonly topic: string;
  /** As `CodecOptions` has it. */
  readonly mostUnknown?: number | undefined;
  /** As `CodecOptions` has it. */
  readonly patienceMs?: number | undefined;
}

/** For stages: the other partitions of a fetch wait while a batch of one is prepared. */
export const stagePatienceMs = 100;

/** Values of the raw topics. */
export function eventCodec(options: TopicCodecOptions): Codec<Event> {
  return createCodec({
    registry: createRegistry(options),
    schemaText: schemaText('event'),
    subject: subjectOf(options.topic),
    mostUnknown: options.mostUnknown,
    patienceMs: options.patienceMs,
  });
}

/** Values of the clean, rejected, dead-letter and review topics. */
export function judgedEventCodec(options: TopicCodecOptions): Codec<JudgedEvent> {
  return createCodec({
    registry: createRegistry(options),
    schemaText: schemaText('judged-event'),
    subject: subjectOf(options.topic),
    patienceMs: options.patienceMs,
  });
}
