import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCodec } from '../../../services/shared/runtime/codec';
import { eventCodec, judgedEventCodec } from '../../../services/shared/runtime/codecs';
import { FatalError, TransientError } from '../../../services/shared/runtime/errors';
import { createRegistry, type Registry } from '../../../services/shared/runtime/registry';
import { schemaText } from '../../../services/shared/runtime/schema-files';
import { subjectOf } from '../../../services/shared/runtime/topics';
import { anEvent } from '../../support/event-builders';
import { aName } from '../../support/names';
import { addressOf } from '../../support/server-addresses';

jest.setTimeout(30_000);

const registryUrl = () => addressOf('SCHEMA_REGISTRY_URL');

/** The real registry, counting the questions. */
function counted(): { registry: Registry; questions: string[] } {
  const real = createRegistry({ registryUrl: registryUrl() });
  const questions: string[] = [];
  const registry: Registry = {
    ...real,
    schemaText(id) {
      questions.push(`schema ${id}`);
      return real.schemaText(id);
    },
    idOf(subject, text) {
      questions.push(`id of ${subject}`);
      return real.idOf(subject, text);
    },
  };
  return { registry, questions };
}

async function registered(text: string): Promise<string> {
  const subject = `${aName('test')}-value`;
  const answer = await createRegistry({ registryUrl: registryUrl() }).register(subject, text);
  if (!answer.ok) throw new Error(answer.why);
  return subject;
}

test('an event goes through the registry and comes back the same', async () => {
  const topic = aName('test');
  const registry = createRegistry({ registryUrl: registryUrl() });
  await registry.register(subjectOf(topic), schemaText('event'));
  const writer = eventCodec({ registryUrl: registryUrl(), topic });
  const reader = eventCodec({ registryUrl: registryUrl(), topic });
  await writer.ready();
  const value = writer.encode(anEvent({ userId: 'ünï', properties: '{"a":1}' }));
  await reader.prepare([value]);
  const decoded = reader.decode(value);
  expect(decoded).toMatchObject({ ok: true });
  if (decoded.ok)
    expect({ ...decoded.value }).toEqual(anEvent({ userId: 'ünï', properties: '{"a":1}' }));
});

test('start without a registered schema is refused with what to do', async () => {
  const codec = judgedEventCodec({ registryUrl: registryUrl(), topic: aName('nothing') });
  await expect(codec.ready()).rejects.toThrow(FatalError);
  await expect(codec.ready()).rejects.toThrow('run deploy/setup first');
});

test('ten thousand values of an unknown schema cost a handful of questions', async () => {
  const text = schemaText('event');
  const subject = await registered(text);
  const { registry, questions } = counted();
  const codec = createCodec({ registry, schemaText: text, subject });
  await codec.ready();
  questions.length = 0;
  const poison = Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 1, 2, 3]);
  for (let batch = 0; batch < 20; batch += 1) {
    const values = Array.from({ length: 500 }, () => poison);
    await Promise.all([codec.prepare(values), codec.prepare(values)]);
    for (const value of values) {
      expect(codec.decode(value)).toMatchObject({ ok: false, reason: 'unknown_schema' });
    }
  }
  expect(questions).toEqual([`schema ${0x7fffffff}`, `id of ${subject}`]);
});

test('values of another version are read through what changed', async () => {
  const old =
    '{"type":"record","name":"T","fields":[{"name":"a","type":"string"},{"name":"gone","type":"int"}]}';
  const text =
    '{"type":"record","name":"T","fields":[{"name":"a","type":"string"},{"name":"b","type":"string","default":"new"}]}';
  const oldSubject = await registered(old);
  const subject = await registered(text);
  const { registry, questions } = counted();
  const writer = createCodec<object>({ registry, schemaText: old, subject: oldSubject });
  const reader = createCodec<object>({ registry, schemaText: text, subject });
  await writer.ready();
  await reader.ready();
  questions.length = 0;
  const values = [writer.encode({ a: 'x', gone: 1 }), writer.encode({ a: 'y', gone: 2 })];
  await reader.prepare(values);
  await reader.prepare(values);
  expect(values.map((value) => reader.decode(value))).toEqual([
    { ok: true, value: { a: 'x', b: 'new' } },
    { ok: true, value: { a: 'y', b: 'new' } },
  ]);
  expect(questions).toHaveLength(1);
});

describe('a registry that cannot say', () => {
  let server: Server;
  let status = 503;
  let hang = false;
  beforeAll((done) => {
    server = createServer((_request, response) => {
      if (!hang) response.writeHead(status).end('{"schema":"no schema","id":7}');
    }).listen(0, '127.0.0.1', done);
  });
  afterAll((done) => {
    server.closeAllConnections();
    server.close(done);
  });
  const codecAt = (timeoutMs: number) => {
    const { port } = server.address() as AddressInfo;
    const registry = createRegistry({ registryUrl: `http://127.0.0.1:${port}`, timeoutMs });
    return createCodec({ registry, schemaText: schemaText('event'), subject: 's' });
  };
  const value = Buffer.from([0, 0, 0, 0, 9, 1]);

  test.each([500, 502, 503, 429, 401, 400])(
    'status %i is no word on the record',
    async (answer) => {
      status = answer;
      const failure = await codecAt(500)
        .prepare([value])
        .catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(TransientError);
      expect((failure as TransientError).server).toBe('registry');
    },
  );

  test('nor is silence, which is given up on in time', async () => {
    hang = true;
    const startedAt = Date.now();
    await expect(codecAt(300).prepare([value])).rejects.toThrow(TransientError);
    expect(Date.now() - startedAt).toBeLessThan(20_000);
    hang = false;
  });

  test('nor is "not there" from a registry that lost our own schema too', async () => {
    status = 404;
    await expect(codecAt(500).prepare([value])).rejects.toThrow('run deploy/setup again');
  });

  test('a schema that is no Avro makes its records undecodable, not the process fail', async () => {
    status = 200;
    const codec = codecAt(500);
    await codec.prepare([value]);
    expect(codec.decode(value)).toMatchObject({ ok: false, reason: 'undecodable' });
  });
});
