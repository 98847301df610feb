export type SchemaName = 'event' | 'judged-event';

/** The schema as one self-contained JSON text. */
export function schemaText(name: SchemaName): string {
  throw new Error(`being written ${name}`);
}
