import type { Admin, Kafka } from 'kafkajs';
import type { CleanEvent, Coordinates, Event } from '../../services/shared/domain/event';
import { coordinatesText } from '../../services/shared/domain/event-row';
import { nameOf, type OffsetRange } from '../../services/shared/domain/ledger';
import { decisionVersion, type JudgedEvent } from '../../services/shared/domain/outcome';
import type { Decoded } from '../../services/shared/runtime/codec';
import { eventCodec, judgedEventCodec } from '../../services/shared/runtime/codecs';
import { startConsumer } from '../../services/shared/runtime/consumer';
import type { Log } from '../../services/shared/runtime/log';
import { lookUp } from '../../services/shared/runtime/lookup';
import { createMetrics } from '../../services/shared/runtime/metrics';
import type { RecordBatch, SourceRecord } from '../../services/shared/runtime/stage';
import { cleanedKeys, rawKeys, type Topics } from '../../services/shared/runtime/topics';
import { eventually } from '../support/eventually';
import { quickSettings } from '../support/kafka';

/** A record as the collector wrote it. */
export interface Accepted {
  readonly source: Coordinates;
  readonly appendedAt: number;
  readonly event: CleanEvent;
}

/** What stands in the topics for one tenant. */
export interface Audit {
  readonly accepted: readonly Accepted[];
  /** Source records that stand more than once in the cleaner's topics. */
  readonly redelivered: number;
  /** Source records that were given another verdict than the first time. */
  readonly changed: readonly string[];
  /** `outcome/reason` of the first verdict on each record, by its coordinates. */
  readonly first: ReadonlyMap<string, string>;
  /** The decisions on each record, by its coordinates, in the order of their versions. */
  readonly decisions: ReadonlyMap<string, readonly JudgedEvent[]>;
}

/** Every decision there is, record by record. */
export function auditedDecisions({ decisions }: Audit): readonly JudgedEvent[] {
  return [...decisions.values()].flat();
}

/** Reads every topic from the beginning, apart from the services. */
export interface Auditor {
  /** What there is of a tenant by now. */
  audit(tenant: string): Promise<Audit>;
  /** Reads nothing until it is told to go on. */
  rest(): void;
  goOn(): void;
  stop(): Promise<void>;
}

export interface AuditorOptions {
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly registryUrl: string;
  readonly topics: Topics;
  readonly groupId: string;
  readonly log: Log;
}

/** Before it asks whether there is anything to read where it has come to no end. */
const patienceMs = 5000;
const timeoutMs = 10_000;

export async function startAuditor(options: AuditorOptions): Promise<Auditor> {
  const { kafka, admin, registryUrl, topics, groupId, log } = options;
  const raw = eventCodec({ registryUrl, topic: topics.click });
  const judged = judgedEventCodec({ registryUrl, topic: topics.clean });
  const rawTopics = rawKeys.map((key) => topics[key]);
  const all = [...rawTopics, ...cleanedKeys.map((key) => topics[key]), topics.review];
  const books = new Map<string, Book>();
  const bookOf = (tenant: string) => {
    const none: Book = {
      accepted: new Map(),
      moved: [],
      first: new Map(),
      verdicts: new Map(),
      decisions: new Map(),
    };
    const book = books.get(tenant) ?? none;
    books.set(tenant, book);
    return book;
  };
  const read = new Map<string, number>();
  async function take({ topic, partition, records }: RecordBatch): Promise<void> {
    const isRaw = rawTopics.includes(topic);
    const written = records.filter(({ value }) => !isMadeUp(value));
    await (isRaw ? raw : judged).prepare(written.map(({ value }) => value));
    for (const record of written) {
      if (isRaw) noteAccepted(record, raw.decode(record.value), bookOf);
      else if (topic === topics.review) noteDecision(record, judged.decode(record.value), bookOf);
      else noteVerdict(decoded(judged.decode(record.value)), bookOf);
    }
    read.set(`${topic}/${partition}`, (records.at(-1)?.offset ?? -1) + 1);
  }
  const consumer = await startConsumer({
    ...{ kafka, groupId: `${groupId}.audit`, topics: all, stage: take, log },
    settings: quickSettings,
    metrics: createMetrics('audit'),
  });
  async function unread(): Promise<readonly OffsetRange[]> {
    const ranges: OffsetRange[] = [];
    for (const topic of all) {
      for (const { partition, high } of await admin.fetchTopicOffsets(topic)) {
        const from = read.get(`${topic}/${partition}`) ?? 0;
        if (from < Number(high)) ranges.push({ topic, partition, from, to: Number(high) });
      }
    }
    return ranges;
  }
  /** A log may end in control batches, which nobody is given. */
  async function passVoids(ranges: readonly OffsetRange[]): Promise<void> {
    const { voids } = await lookUp(ranges, { kafka, groupPrefix: `${groupId}.audit-`, timeoutMs });
    for (const { from, to, ...place } of voids) {
      if ((read.get(nameOf(place)) ?? 0) === from) read.set(nameOf(place), to);
    }
  }
  const hasReadAll = async (since: number) => {
    const ranges = await unread();
    if (ranges.length > 0 && Date.now() - since > patienceMs) await passVoids(ranges);
    return ranges.length === 0;
  };
  return {
    async audit(tenant) {
      const since = Date.now();
      const message = 'the auditor read everything';
      await eventually(() => hasReadAll(since), { deadlineMs: 120_000, message });
      return auditOf(bookOf(tenant));
    },
    rest: () => consumer.pause(all),
    goOn: () => consumer.resume(all),
    stop: () => consumer.stop(),
  };
}

/** A test that makes up schema ids takes them from here on: nobody need ask for those. */
export const madeUpIds = 900_000;

function isMadeUp(value: Buffer | null): boolean {
  return (
    value !== null && value.length >= 5 && value[0] === 0 && value.readUInt32BE(1) >= madeUpIds
  );
}

interface Book {
  /** By coordinates: a broker that went away may deliver to this reader again, too. */
  readonly accepted: Map<string, Accepted>;
  /** Coordinates at which another record stood before. */
  readonly moved: string[];
  readonly first: Map<string, string>;
  /** With the version of the weights, of every delivery. */
  readonly verdicts: Map<string, string[]>;
  readonly decisions: Map<string, JudgedEvent[]>;
}

function noteAccepted(
  { topic, partition, offset, appendedAt }: SourceRecord,
  decoded: Decoded<Event>,
  bookOf: (tenant: string) => Book,
): void {
  // Rubbish was put there by a test, and belongs to no tenant.
  if (!decoded.ok) return;
  const event = decoded.value as CleanEvent;
  const { accepted, moved } = bookOf(event.tenant);
  const source = { topic, partition, offset };
  const place = coordinatesText(source);
  const known = accepted.get(place)?.event;
  const isSame = known?.messageId === event.messageId && known.contentHash === event.contentHash;
  if (known !== undefined && !isSame) moved.push(`${place} was ${known.messageId}, and is not`);
  accepted.set(place, { source, appendedAt, event });
}

/** A row that ClickHouse refused is written again, as a dead letter: that is no second verdict. */
function noteVerdict(judged: JudgedEvent, bookOf: (tenant: string) => Book): void {
  const { source, outcome, reason, version, weightsVersion } = judged;
  if (version > 0 || reason === 'row_refused') return;
  const { verdicts, first } = bookOf(judged.event?.tenant ?? '');
  const place = coordinatesText(source);
  if (!first.has(place)) first.set(place, `${outcome}/${reason}`);
  verdicts.set(place, [...(verdicts.get(place) ?? []), `${outcome}/${reason}/${weightsVersion}`]);
}

/** Of the review topic, where records that are sent through again stand, too: those decide nothing. */
function noteDecision(
  { offset }: SourceRecord,
  decoded: Decoded<JudgedEvent>,
  bookOf: (tenant: string) => Book,
): void {
  if (!decoded.ok || decoded.value.decision === null || decoded.value.event === null) return;
  const { source, event, decision } = decoded.value;
  const { decisions } = bookOf(event.tenant);
  const place = coordinatesText(source);
  const version = decisionVersion(offset, decision.byPerson);
  const others = (decisions.get(place) ?? []).filter((one) => one.version !== version);
  const all = [...others, { ...decoded.value, version }];
  decisions.set(
    place,
    all.sort((a, b) => a.version - b.version),
  );
}

function auditOf({ accepted, moved, first, verdicts, decisions }: Book): Audit {
  const repeated = [...verdicts].filter(([, all]) => all.length > 1);
  const changed = repeated.filter(([, all]) => new Set(all).size > 1);
  return {
    ...{ accepted: [...accepted.values()], first, decisions },
    redelivered: repeated.length,
    changed: [...moved, ...changed.map(([place, all]) => `${place} was ${all.join(', then ')}`)],
  };
}

function decoded<T>(answer: { readonly ok: true; readonly value: T } | { readonly ok: false }): T {
  if (answer.ok) return answer.value;
  throw new Error('the auditor cannot read a record');
}
