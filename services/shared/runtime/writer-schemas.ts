import type { Type } from 'avsc';
import { parseAvro } from './avro';
import { messageOf } from './errors';
import type { Registry } from './registry';

type Resolver = ReturnType<Type['createResolver']>;

/** What is known of the schema a value was written in. */
export type Writer =
  /** `resolver` reads it as our own schema; none is needed where the two are the same. */
  | { readonly state: 'known'; readonly resolver: Resolver | undefined }
  /** `isOurs`: it has the name of our own schema. */
  | { readonly state: 'unreadable'; readonly why: string; readonly isOurs: boolean }
  | { readonly state: 'unknown' };

export interface WriterSchemas {
  /** Asks for every id that is not known yet. */
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
/** A flood of made-up ids must not become a flood of requests. */
const questionsAtOnce = 4;

/** Writer schemas by id: each asked for once at a time, kept parsed, unknown ones kept for a while. */
export function createWriterSchemas(options: WriterSchemasOptions): WriterSchemas {
  const entries = new Map<number, Entry>();
  const asking = new Map<number, Promise<void>>();
  const put = (id: number, writer: Writer): void => {
    const now = Date.now();
    entries.set(id, { writer, learnedAt: now, usedAt: now });
  };
  const ask = (id: number): Promise<void> => {
    const running = asking.get(id);
    if (running !== undefined) return running;
    const question = askFor(id, options)
      .then((writer) => put(id, writer))
      .finally(() => asking.delete(id));
    asking.set(id, question);
    return question;
  };
  return {
    async prepare(ids) {
      const missing = [...ids].filter((id) => !isFresh(entries.get(id)));
      if (missing.length === 0) return;
      for (let at = 0; at < missing.length; at += questionsAtOnce) {
        await Promise.all(missing.slice(at, at + questionsAtOnce).map(ask));
      }
      dropUnused(entries);
    },
    get(id) {
      const entry = entries.get(id);
      if (entry === undefined) throw new Error(`prepare() was not asked for schema ${id}`);
      return entry.writer;
    },
    learn: (id, schemaText) => put(id, writerOf(schemaText, options.reader)),
  };
}

function isFresh(entry: Entry | undefined): boolean {
  if (entry === undefined) return false;
  const now = Date.now();
  if (entry.writer.state === 'unknown' && now - entry.learnedAt > unknownForMs) return false;
  entry.usedAt = now;
  return true;
}

async function askFor(id: number, options: WriterSchemasOptions): Promise<Writer> {
  const text = await options.registry.schemaText(id);
  if (text !== null) return writerOf(text, options.reader);
  await options.assertWhole();
  return { state: 'unknown' };
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

function dropUnused(entries: Map<number, Entry>): void {
  if (entries.size <= mostIds) return;
  const oldest = Date.now() - unusedForMs;
  for (const [id, entry] of entries) if (entry.usedAt < oldest) entries.delete(id);
}
