import type { JudgedEvent } from '../shared/domain/outcome';
import { resentEvent } from '../shared/domain/resent';
import type { Log } from '../shared/runtime/log';
import type { OutgoingMessage } from '../shared/runtime/publisher';
import type { SourceRecord } from '../shared/runtime/stage';

export interface ResendDeps {
  readonly topic: string;
  publish(topic: string, partition: number, messages: readonly OutgoingMessage[]): Promise<void>;
  encode(judged: JudgedEvent): Buffer;
  readonly log: Pick<Log, 'error'>;
}

/** The broker takes 1 MiB, of which the coordinates need a little. */
const largestBytes = 1_000_000;

/** Hands raw records to the cleaner once more, through the review topic. */
export function createResend({ topic, publish, encode, log }: ResendDeps) {
  return async function resend(record: SourceRecord): Promise<void> {
    const { partition, offset, appendedAt, key } = record;
    const source = { topic: record.topic, partition, offset };
    const value = encode(resentEvent({ source, appendedAt, value: record.value ?? Buffer.of() }));
    if (value.length + (key?.length ?? 0) > largestBytes) {
      log.error(source, 'a record without a row is too large to be sent through again');
      return;
    }
    await publish(topic, 0, [{ key, value }]);
  };
}
