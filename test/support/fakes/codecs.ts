import type { Event } from '../../../services/shared/domain/event';
import type { JudgedEvent } from '../../../services/shared/domain/outcome';
import { type Codec, createCodec } from '../../../services/shared/runtime/codec';
import type { Registry } from '../../../services/shared/runtime/registry';
import { schemaText } from '../../../services/shared/runtime/schema-files';

/** The real codecs, on a registry in memory that has both schemas. */
export async function testCodecs(): Promise<{ raw: Codec<Event>; judged: Codec<JudgedEvent> }> {
  const [event, judged] = [schemaText('event'), schemaText('judged-event')];
  const schemas = [event, judged];
  const registry: Registry = {
    schemaText: async (id) => schemas[id - 1] ?? null,
    idOf: async (_, text) => schemas.indexOf(text) + 1 || null,
    register: async () => ({ ok: false, why: 'this registry is full' }),
    requireBackward: async () => {},
  };
  const codecs = {
    raw: createCodec<Event>({ registry, schemaText: event, subject: 'event' }),
    judged: createCodec<JudgedEvent>({ registry, schemaText: judged, subject: 'judged' }),
  };
  await codecs.raw.ready();
  await codecs.judged.ready();
  return codecs;
}
