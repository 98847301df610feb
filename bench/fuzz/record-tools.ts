import { eventCodec } from '../../services/shared/runtime/codecs';
import { createRegistry } from '../../services/shared/runtime/registry';
import { schemaText } from '../../services/shared/runtime/schema-files';
import { subjectOf, type Topics } from '../../services/shared/runtime/topics';
import type { RecordTools } from './record-grammar';

/** What records are written with: a sound producer's encoder, and schemas of other things. */
export async function recordTools(registryUrl: string, topics: Topics): Promise<RecordTools> {
  const codec = eventCodec({ registryUrl, topic: topics.click });
  await codec.ready();
  const registry = createRegistry({ registryUrl });
  const other = '{"type":"record","name":"Other","fields":[{"name":"a","type":"string"}]}';
  const registered = await registry.register(`${topics.click}-other`, other);
  const judgedId = await registry.idOf(subjectOf(topics.clean), schemaText('judged-event'));
  return {
    encode: codec.encode,
    schema: JSON.parse(schemaText('event')),
    foreignIds: [registered.ok ? registered.id : 0, judgedId ?? 0],
  };
}
