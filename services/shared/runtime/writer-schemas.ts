import type { Type } from 'avsc';
import { parseAvro } from './avro';
import { steadyClock } from './clock';
import { messageOf, TransientError } from './errors';
import type { Registry } from './registry';
import { within } from './within';

type Resolver = ReturnType<Type['createResolver']>;

/** What is known of the schema a value was written in. */
export type Writer =
  /** `resolver` reads it as our own schema; none is needed where the two are the same. */
  | { readonly state: 'known'; readonly resolver: Resolver | undefined }
  /** `isOurs`: it has the name of our own schema. */
  | { readonly state: 'unreadable'; readonly why: string; readonly isOurs: boolean }
  | { readonly state: 'unknown' };

export interface WriterSchemas {
  /** Asks for every id that is not known yet. TransientError where the registry cannot be asked, or has
   *  been asked for so many unknown ids that it, or a producer, must be at fault: call it again. */
  prepare(ids: ReadonlySet<number>): Promise<void>;
  /** Throws for an id that was not prepared: answering "unknown" would condemn a sound record. */
  get(id: number): Writer;
  learn(id: number, schemaText: string): void;
}

export interface WriterSchemasOptions {
  readonly registry: Registry;
  readonly reader: Type;
  /** Asked before an id is called unknown: a registry that lost our own schema (one that lives in
   *  memory, started anew) has lost others too, and must be filled before it can say no. Throws a
   *  TransientError then. */
  readonly assertWhole: () => Promise<void>;
  /** Ids within half a minute that the registry may turn out not to know; a handful by default. */
  readonly mostUnknown?: number | undefined;
  /** How long `prepare` waits for an answer, which is there for a later try where it takes longer; as
   *  long as it takes by default. */
  readonly patienceMs?: number | undefined;
}

interface Entry {
  readonly writer: Writer;
  readonly learnedAt: number;
  usedAt: number;
}

/** An unknown id is asked for again after this long: somebody may have registered it since. */
const unknownForMs = 30_000;
/** Above this many ids, those that no batch has had for a minute are dropped. */
const mostIds = 1000;
const unusedForMs = 60_000;
const questionsAtOnce = 4;
/** A flood of made-up ids must not become a flood of requests, nor a registry that was rolled back the
 *  end of sound records. */
const aHandful = 8;

/** Writer schemas by id: each asked for once at a time, kept parsed, unknown ones kept for a while. */
export function createWriterSchemas(options: WriterSchemasOptions): WriterSchemas {
  const { mostUnknown = aHandful } = options;
  const entries = new Map<number, Entry>();
  const asking = new Map<number, Promise<void>>();
  /** Of batches that are being prepared: however long that takes, theirs are not dropped meanwhile. */
  const inUse = new Set<ReadonlySet<number>>();
  let unknownAt: readonly number[] = [];

  function put(id: number, writer: Writer): void {
    const now = steadyClock.now();
    entries.set(id, { writer, learnedAt: now, usedAt: now });
    if (writer.state === 'unknown') unknownAt = [...unknownAt, now];
  }

  /** Unknown ids that there is still room for. */
  function room(): number {
    const since = steadyClock.now() - unknownForMs;
    unknownAt = unknownAt.filter((at) => at > since);
    return mostUnknown - unknownAt.length;
  }

  async function ask(ids: readonly number[]): Promise<void> {
    const own = ids.filter((id) => !asking.has(id));
    const question = askAndPut(own).finally(() => {
      for (const id of own) asking.delete(id);
    });
    for (const id of own) asking.set(id, question);
    await patiently(Promise.all(ids.map((id) => asking.get(id))), options);
  }

  async function askAndPut(ids: readonly number[]): Promise<void> {
    const writers = await askFor(ids, options);
    ids.forEach((id, nth) => {
      put(id, writers[nth] ?? { state: 'unknown' });
    });
  }

  async function askForAll(ids: ReadonlySet<number>): Promise<void> {
    const { unheard, stale } = missingOf(ids, entries);
    let missing: readonly number[] = unheard;
    // One alone first: a registry that is down is told by one request, and everybody's first id is
    // asked for, however many unknown ones others have.
    for (let most = 1; missing.length > 0; most = Math.min(questionsAtOnce, room())) {
      if (most <= 0) throw tooManyUnknown(mostUnknown);
      await ask(missing.slice(0, most));
      missing = missing.filter((id) => !entries.has(id));
    }
    // Where there is no room their last answer stands: a batch with many would never come to an end.
    for (const id of stale) if (room() > 0) await ask([id]);
    touch(ids, entries);
  }

  return {
    async prepare(ids) {
      inUse.add(ids);
      try {
        await askForAll(ids);
        dropUnused(entries, inUse);
      } finally {
        inUse.delete(ids);
      }
    },
    get(id) {
      const entry = entries.get(id);
      if (entry === undefined) throw new Error(`prepare() was not asked for schema ${id}`);
      return entry.writer;
    },
    learn: (id, schemaText) => put(id, writerOf(schemaText, options.reader)),
  };
}

function patiently(
  answers: Promise<unknown>,
  { patienceMs }: WriterSchemasOptions,
): Promise<unknown> {
  if (patienceMs === undefined) return answers;
  return within(patienceMs, answers, () => {
    throw new TransientError('the registry has not answered yet', { server: 'registry' });
  });
}

function touch(ids: ReadonlySet<number>, entries: ReadonlyMap<number, Entry>): void {
  const now = steadyClock.now();
  for (const id of ids) {
    const entry = entries.get(id);
    if (entry !== undefined) entry.usedAt = now;
  }
}

/** Ids that were never asked for, and those that were unknown a while ago. */
function missingOf(ids: ReadonlySet<number>, entries: ReadonlyMap<number, Entry>) {
  const now = steadyClock.now();
  const unheard: number[] = [];
  const stale: number[] = [];
  for (const id of ids) {
    const entry = entries.get(id);
    if (entry === undefined) unheard.push(id);
    else if (entry.writer.state === 'unknown' && now - entry.learnedAt > unknownForMs)
      stale.push(id);
    if (entry !== undefined) entry.usedAt = now;
  }
  return { unheard, stale };
}

function tooManyUnknown(most: number): TransientError {
  const message =
    `within ${unknownForMs / 1000} s there were ${most} schema ids that the registry does not know: no ` +
    'more are asked for yet. Either it has lost schemas (restore it), or a producer writes what is not ' +
    'Avro, or in schemas of another registry (stop it). With DECODE_BREAKER=false all of it becomes ' +
    'dead letters, which can be sent again later.';
  return new TransientError(message, { server: 'registry' });
}

async function askFor(
  ids: readonly number[],
  { registry, reader, assertWhole }: WriterSchemasOptions,
): Promise<readonly Writer[]> {
  const texts = await Promise.all(ids.map((id) => registry.schemaText(id)));
  if (texts.includes(null)) await assertWhole();
  return texts.map((text) => (text === null ? { state: 'unknown' } : writerOf(text, reader)));
}

function writerOf(schemaText: string, reader: Type): Writer {
  let isOurs = false;
  try {
    const type = parseAvro(schemaText);
    isOurs = type.name !== undefined && type.name === reader.name;
    const same = type.equals(reader);
    return { state: 'known', resolver: same ? undefined : reader.createResolver(type) };
  } catch (error) {
    return { state: 'unreadable', why: messageOf(error), isOurs };
  }
}

function dropUnused(entries: Map<number, Entry>, inUse: ReadonlySet<ReadonlySet<number>>): void {
  if (entries.size <= mostIds) return;
  const oldest = steadyClock.now() - unusedForMs;
  const isUsed = (id: number) => [...inUse].some((ids) => ids.has(id));
  for (const [id, entry] of entries) if (entry.usedAt < oldest && !isUsed(id)) entries.delete(id);
}
