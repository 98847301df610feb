import { FatalError } from '../../services/shared/runtime/errors';
import type { Registry } from '../../services/shared/runtime/registry';
import { schemaText } from '../../services/shared/runtime/schema-files';
import {
  rawKeys,
  subjectOf,
  type TopicKey,
  type Topics,
  topicKeys,
} from '../../services/shared/runtime/topics';
import type { ClickHouse } from '../../services/shared/stores/clickhouse/client';

export interface SchemasOptions {
  readonly registry: Registry;
  readonly clickHouse: ClickHouse;
  readonly topics: Topics;
}

interface Registration {
  readonly id: number;
  readonly subject: string;
  readonly schema: string;
}

/** Registers the schema of every topic's values, BACKWARD from then on, and answers with the ids by
 *  subject. What was registered before comes first and must get the same ids again: the records of
 *  then carry them. FatalError for an incompatible schema, or an id that changed. */
export async function setUpSchemas(
  options: SchemasOptions,
): Promise<Readonly<Record<string, number>>> {
  const { registry, clickHouse, topics } = options;
  const recorded = await readRegistrations(clickHouse, topics);
  for (const registration of recorded) await restore(registry, registration);
  const ids: Record<string, number> = {};
  for (const { subject, schema } of wantedSchemas(topics)) {
    const id = await register(registry, subject, schema);
    await registry.requireBackward(subject);
    if (!recorded.some((one) => one.subject === subject && one.id === id)) {
      await clickHouse.insert('registered_schemas', [{ id, subject, schema }]);
    }
    ids[subject] = id;
  }
  return ids;
}

/** Of this installation's subjects, in the order in which they were first registered. */
async function readRegistrations(
  clickHouse: ClickHouse,
  topics: Topics,
): Promise<readonly Registration[]> {
  const rows = await clickHouse.rows(
    `SELECT id, subject, schema
       FROM registered_schemas FINAL
      WHERE subject IN {subjects:Array(String)}
      ORDER BY id, subject`,
    { subjects: wantedSchemas(topics).map((one) => one.subject) },
  );
  return rows.map((row) => ({
    id: Number(row.id),
    subject: String(row.subject),
    schema: String(row.schema),
  }));
}

/** The schema of each topic's values. Events first: in a fixed order an empty registry numbers them
 *  alike each time. */
export function wantedSchemas(topics: Topics): readonly { subject: string; schema: string }[] {
  const event = schemaText('event');
  const judged = schemaText('judged-event');
  const raw: readonly TopicKey[] = rawKeys;
  const others = topicKeys.filter((key) => !raw.includes(key));
  return [
    ...raw.map((key) => ({ subject: subjectOf(topics[key]), schema: event })),
    ...others.map((key) => ({ subject: subjectOf(topics[key]), schema: judged })),
  ];
}

async function restore(registry: Registry, { id, subject, schema }: Registration): Promise<void> {
  const found = await register(registry, subject, schema);
  if (found === id) return;
  throw new FatalError(
    `the registry has id ${found} for a schema of ${subject} whose records carry id ${id}: it is ` +
      'another registry, or lost its schemas and got others first. Point SCHEMA_REGISTRY_URL at ' +
      'the registry of before, restore its data, or empty it and run the set-up before any producer.',
  );
}

/** Asks first: with some registries a registration uses up an id even where nothing is new, and the
 *  ids after it would depend on how often the set-up has run. */
async function register(registry: Registry, subject: string, schema: string): Promise<number> {
  const known = await registry.idOf(subject, schema);
  if (known !== null) return known;
  const answer = await registry.register(subject, schema);
  if (answer.ok) return answer.id;
  throw new FatalError(
    `the registry refuses the schema of ${subject}: ${answer.why}. It must be able to read every ` +
      'record written so far (BACKWARD): give a new field a default, keep the types of old ones, ' +
      'or begin a new version of the topic.',
  );
}
