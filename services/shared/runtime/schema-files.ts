import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './root';

export type SchemaName = 'event' | 'judged-event';

/** The schema as one self-contained JSON text, the same text for the same files: it is what is
 *  registered, and what is asked for when the services look up its id. */
export function schemaText(name: SchemaName): string {
  const schema = readSchema(name);
  return JSON.stringify(name === 'event' ? schema : withEvent(schema, readSchema('event')));
}

interface RecordSchema {
  readonly fields: readonly { readonly name: string; readonly type: unknown }[];
}

function readSchema(name: SchemaName): RecordSchema {
  return JSON.parse(readFileSync(join(projectRoot, 'schemas', 'avro', `${name}.avsc`), 'utf8'));
}

/** Puts the Event record where the field `event` names it: a registry takes one text a schema. */
function withEvent(judged: RecordSchema, event: RecordSchema): RecordSchema {
  const fields = judged.fields.map((field) =>
    field.name === 'event' ? { ...field, type: ['null', event] } : field,
  );
  return { ...judged, fields };
}
