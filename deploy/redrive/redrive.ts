import { type Event, recordKey } from '../../services/shared/domain/event';
import { coordinatesText } from '../../services/shared/domain/event-row';
import type { JudgedEvent } from '../../services/shared/domain/outcome';
import { redriven, redrivenId } from '../../services/shared/domain/redrive';
import type { Codec } from '../../services/shared/runtime/codec';
import type { OutgoingMessage } from '../../services/shared/runtime/publisher';

export interface RedriveDeps {
  readonly raw: Pick<Codec<Event>, 'prepare' | 'decode' | 'encode'>;
  readonly judged: Pick<Codec<JudgedEvent>, 'prepare' | 'decode'>;
  /** The raw topics there are. */
  readonly topics: readonly string[];
  /** Whether a record of this message has come through, as anything but a dead letter. */
  cameThrough(tenant: string, messageId: string): Promise<boolean>;
  send(topic: string, key: string, message: OutgoingMessage): Promise<void>;
  readonly dryRun: boolean;
  readonly say: (line: string) => void;
}

export interface RedriveCounts {
  sent: number;
  /** Were sent again before, and came through. */
  done: number;
  left: number;
}

interface Dead {
  readonly reason: string;
  /** The message value its row was made from. */
  readonly record: Buffer;
}

/** Sends dead records again as new raw records of the topic they were in. May be repeated: each copy
 *  is the same message, and counts once; one that has come through is not sent any more, as its claim
 *  may have ended. Says of each that it leaves why. TransientError where the registry, Kafka or
 *  ClickHouse is away. */
export async function redrive(letters: readonly Dead[], deps: RedriveDeps): Promise<RedriveCounts> {
  const counts = { sent: 0, done: 0, left: 0 };
  for (const letter of letters) {
    const found = await reopened(letter, deps);
    if (typeof found === 'string') {
      counts.left += 1;
      deps.say(`left     ${found}`);
      continue;
    }
    const { topic, place, event } = found;
    const id = redrivenId(event);
    if (id !== null && (await deps.cameThrough(event.tenant, id))) {
      counts.done += 1;
      continue;
    }
    const message = { key: recordKey(event), value: deps.raw.encode(event) };
    if (!deps.dryRun) await deps.send(topic, message.key, message);
    counts.sent += 1;
    deps.say(`${deps.dryRun ? 'would go' : 'sent    '} ${place}: ${event.name} ${event.messageId}`);
  }
  return counts;
}

/** The event of a dead letter, ready to be sent; or why there is none. */
async function reopened({ reason, record }: Dead, { raw, judged, topics }: RedriveDeps) {
  await judged.prepare([record]);
  const letter = judged.decode(record);
  if (!letter.ok) return `a row that cannot be read: ${letter.message}`;
  const { source, event, undecoded } = letter.value;
  const place = coordinatesText(source);
  if (!topics.includes(source.topic)) return `${place}: was no event, but a decision`;
  if (reason === 'too_large') {
    return `${place}: too_large: its bytes are not kept whole; send it again from where it came`;
  }
  if (reason === 'row_refused') {
    return `${place}: row_refused: it is in the tags, and a copy would be a duplicate`;
  }
  if (event?.invalid) {
    return `${place}: the collector refused it (${event.invalid.reason}); its sender must mend it`;
  }
  await raw.prepare([undecoded]);
  const decoded = raw.decode(undecoded);
  if (!decoded.ok) return `${place}: ${decoded.reason} still: ${decoded.message}`;
  const { redriveOf } = decoded.value;
  // Each run would double the copies of what dies again.
  if (redriveOf) return `${place}: a copy of ${redriveOf}, which stands for it`;
  return { topic: source.topic, place, event: redriven(decoded.value, letter.value) };
}
