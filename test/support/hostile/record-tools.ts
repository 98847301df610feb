import { Type } from 'avsc';
import type { Event } from '../../../services/shared/domain/event';
import { eventCodec } from '../../../services/shared/runtime/codecs';
import { createRegistry, type Registry } from '../../../services/shared/runtime/registry';
import { schemaText } from '../../../services/shared/runtime/schema-files';
import { subjectOf, type Topics } from '../../../services/shared/runtime/topics';
import { aName } from '../names';
import type { RecordTools } from './record-lines';

interface RecordSchema {
  readonly fields: readonly object[];
}

/** Encoders of producers that write in our schema, in an older one and in a newer one. */
export async function recordTools(registryUrl: string, topics: Topics): Promise<RecordTools> {
  const registry = createRegistry({ registryUrl });
  const codec = eventCodec({ registryUrl, topic: topics.click });
  await codec.ready();
  const ours = JSON.parse(schemaText('event')) as RecordSchema;
  const older = await writer(registry, { ...ours, fields: ours.fields.slice(0, -1) });
  const map = { type: 'map', values: 'long' };
  const extra = { name: 'extra', type: map, default: {} };
  const newer = await writer(registry, { ...ours, fields: [...ours.fields, extra] });
  const other = { type: 'record', name: 'Other', fields: [{ name: 'a', type: 'string' }] };
  const foreign = await writer(registry, other);
  const judged = await registry.idOf(subjectOf(topics.clean), schemaText('judged-event'));
  const hostileMap = Object.fromEntries([['__proto__', 7]]);
  return {
    encode: codec.encode,
    ids: { older: older.id, newer: newer.id, foreign: foreign.id, judged: judged ?? 0 },
    older: older.encode,
    newer: (event) => newer.encode({ ...event, extra: hostileMap }),
  };
}

/** Registers a schema under a subject of its own; ids are the same for all subjects. */
async function writer(registry: Registry, schema: object) {
  const text = JSON.stringify(schema);
  const answer = await registry.register(aName('hostile'), text);
  if (!answer.ok) throw new Error(answer.why);
  const { id } = answer;
  const type = Type.forSchema(JSON.parse(text));
  const encode = (value: Event | object): Buffer => {
    const header = Buffer.alloc(5);
    header.writeUInt32BE(id, 1);
    return Buffer.concat([header, type.toBuffer(value)]);
  };
  return { id, encode };
}
