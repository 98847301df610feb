import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import { eventCodec } from '../../../services/shared/runtime/codecs';
import { createRegistry } from '../../../services/shared/runtime/registry';
import { schemaText } from '../../../services/shared/runtime/schema-files';
import { subjectOf } from '../../../services/shared/runtime/topics';
import { anEvent } from '../../support/event-builders';
import { aName } from '../../support/names';
import { addressOf } from '../../support/server-addresses';

jest.setTimeout(30_000);

/** The client that most Kafka programs in Node use: what it writes we read, and the reverse. */
test('values are those of any Confluent-compatible client', async () => {
  const registryUrl = addressOf('SCHEMA_REGISTRY_URL');
  const topic = aName('test');
  await createRegistry({ registryUrl }).register(subjectOf(topic), schemaText('event'));
  const ours = eventCodec({ registryUrl, topic });
  await ours.ready();
  const theirs = new SchemaRegistry({ host: registryUrl });
  const event = anEvent({ userId: 'ünï', items: [] });

  const id = await theirs.getLatestSchemaId(subjectOf(topic));
  const written = await theirs.encode(id, event);
  await ours.prepare([written]);
  const read = ours.decode(written);

  expect(read.ok && { ...read.value }).toEqual(event);
  expect({ ...(await theirs.decode(ours.encode(event))) }).toEqual(event);
});
