import { readCall } from '../../../services/collector/call';
import { createWriteKeys } from '../../../services/collector/write-keys';
import { sha256Hex } from '../../../services/shared/runtime/hash';
import { aTenant } from './a-tenant';

const other = aTenant({
  name: 'other',
  writeKeyHashes: [sha256Hex('other-key'), sha256Hex('older')],
});
const { ownerOf } = createWriteKeys([aTenant(), other]);
const options = { ownerOf, maxEvents: 3, maxContextBytes: 300 };
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

const read = (
  body: unknown,
  { batch = true, authorization = undefined as string | undefined } = {},
) => {
  const answer = readCall(body, { ...options, batch, authorization });
  if (!answer.ok) return answer.fault.error + (answer.fault.field ? ` ${answer.fault.field}` : '');
  return answer.incoming.entries.map(({ tenant }) => tenant.name).join(' ');
};

describe('the write key', () => {
  const batch = [{ type: 'track' }];
  test.each([
    ['Basic', { batch }, basic('demo-key:'), 'demo'],
    ['Basic with a password', { batch }, basic('demo-key:x'), 'demo'],
    ['Basic without a colon', { batch }, basic('demo-key'), 'demo'],
    ['basic', { batch }, basic('demo-key:').replace('B', 'b'), 'demo'],
    ['the body', { batch, writeKey: 'demo-key' }, undefined, 'demo'],
    [
      'the body, beside a header of another kind',
      { batch, writeKey: 'demo-key' },
      'Bearer x',
      'demo',
    ],
    ['the body, beside an empty header', { batch, writeKey: 'demo-key' }, basic(':'), 'demo'],
    ['the header before the body', { batch, writeKey: 'other-key' }, basic('demo-key:'), 'demo'],
    ['an older key', { batch, writeKey: 'older' }, undefined, 'other'],
    [
      'items',
      { batch: [{ writeKey: 'demo-key' }, { writeKey: 'other-key' }] },
      undefined,
      'demo other',
    ],
    [
      'the body before items',
      { batch: [{ writeKey: 'x' }], writeKey: 'demo-key' },
      undefined,
      'demo',
    ],
    ['nobody', { batch }, undefined, 'no_write_key batch[0].writeKey'],
    ['nobody of an empty batch', { batch: [] }, undefined, 'no_write_key writeKey'],
    ['a stranger', { batch, writeKey: 'x' }, undefined, 'unknown_write_key'],
    ['a stranger in the header', { batch, writeKey: 'demo-key' }, basic('x:'), 'unknown_write_key'],
    [
      'one item of nobody',
      { batch: [{ writeKey: 'demo-key' }, 5] },
      undefined,
      'no_write_key batch[1].writeKey',
    ],
    [
      'one item of a stranger',
      { batch: [{ writeKey: 'x' }] },
      undefined,
      'unknown_write_key batch[0].writeKey',
    ],
    [
      'a key from the prototype',
      { batch, writeKey: 'constructor' },
      undefined,
      'unknown_write_key',
    ],
  ])('of %s', (_name, body, authorization, expected) => {
    expect(read(body, { ...(authorization !== undefined && { authorization }) })).toBe(expected);
  });
});

describe('the body', () => {
  const authorization = basic('demo-key:');
  test.each<[string, unknown, string]>([
    ['null', null, 'not_an_object'],
    ['an array', [], 'not_an_object'],
    ['a string', 'x', 'not_an_object'],
    ['no batch', {}, 'no_batch batch'],
    ['a batch that is none', { batch: {} }, 'no_batch batch'],
    ['too many', { batch: [1, 2, 3, 4] }, 'too_many_events batch'],
    ['an empty batch', { batch: [] }, ''],
    ['as many as there may be', { batch: [1, null, {}] }, 'demo demo demo'],
  ])('%s', (_name, body, expected) => {
    expect(read(body, { authorization })).toBe(expected);
  });

  test('of a single call is its message', () => {
    const body = { event: 'x', batch: [1, 2], sentAt: 's' };
    const answer = readCall(body, { ...options, batch: false, authorization });
    const incoming = answer.ok ? answer.incoming : null;
    expect(incoming?.entries.map(({ message }) => message)).toEqual([body]);
    expect(incoming?.sentAt).toBeUndefined();
  });

  test('of a batch carries its time of sending', () => {
    const answer = readCall(
      { batch: [], sentAt: '2026-01-15T12:00:00Z' },
      { ...options, batch: true, authorization },
    );
    expect(answer.ok && answer.incoming.sentAt).toBe('2026-01-15T12:00:00Z');
  });
});

describe('the context of a batch', () => {
  const messagesOf = (body: object, batch = true) => {
    const answer = readCall(body, { ...options, batch, authorization: basic('demo-key:') });
    if (!answer.ok) return [answer.fault.error, answer.fault.field];
    return answer.incoming.entries.map(({ message }) => message);
  };
  const context = { ip: '192.0.2.1', library: { name: 'old', version: '1' } };

  test('is of each message, below what the message says', () => {
    const own = { userId: 'u', context: { library: { name: 'new' }, locale: 'de' } };
    const batch = [{ userId: 'u' }, { userId: 'u', context: null }, own];
    expect(messagesOf({ batch, context })).toEqual([
      { userId: 'u', context },
      { userId: 'u', context },
      { userId: 'u', context: { ip: '192.0.2.1', library: { name: 'new' }, locale: 'de' } },
    ]);
  });

  test('leaves alone what is no message, and a context that is none', () => {
    const batch = [null, 'x', { userId: 'u', context: 'y' }];
    expect(messagesOf({ batch, context })).toEqual(batch);
  });

  test.each([[undefined], [null], ['x'], [[1]], [{}]])('%j is none', (none) => {
    expect(messagesOf({ batch: [{ userId: 'u' }], context: none })).toEqual([{ userId: 'u' }]);
  });

  test('is not what a single call says for itself', () => {
    expect(messagesOf({ userId: 'u', context }, false)).toEqual([{ userId: 'u', context }]);
  });

  test('keeps the prototype out of it', () => {
    const body = JSON.parse('{"batch":[{"context":{"a":1}}],"context":{"__proto__":{"b":2}}}');
    const [message] = messagesOf(body) as [{ context: Record<string, unknown> }];
    expect(Object.getPrototypeOf(message.context)).toBe(Object.prototype);
    expect(message.context.b).toBeUndefined();
    expect(JSON.stringify(message.context)).toBe('{"__proto__":{"b":2},"a":1}');
  });

  test('may not amount to more than the bound when each message has it', () => {
    const of = (bytes: number) => ({ pad: 'x'.repeat(bytes - '{"pad":""}'.length) });
    const two = [{ userId: 'u' }, { userId: 'u' }];
    expect(messagesOf({ batch: two, context: of(150) })).toHaveLength(2);
    expect(messagesOf({ batch: two, context: of(151) })).toEqual(['too_large', 'context']);
  });
});

describe('who sends how much', () => {
  const sendersOf = (body: object, batch: boolean, authorization?: string) => {
    const answer = readCall(body, { ...options, batch, authorization });
    return answer.ok ? [...answer.senders] : answer.fault.error;
  };
  const keyId = sha256Hex('demo-key');

  test('is counted by write key', () => {
    const authorization = basic('demo-key:');
    expect(sendersOf({ batch: [1, 2, 3] }, true, authorization)).toEqual([[keyId, 3]]);
    expect(sendersOf({ userId: 'u' }, false, authorization)).toEqual([[keyId, 1]]);
    const batch = ['demo-key', 'other-key', 'demo-key'].map((writeKey) => ({ writeKey }));
    expect(sendersOf({ batch }, true)).toEqual([
      [keyId, 2],
      [sha256Hex('other-key'), 1],
    ]);
  });

  test('is one for an empty batch, which is work too', () => {
    expect(sendersOf({ batch: [] }, true, basic('demo-key:'))).toEqual([[keyId, 1]]);
  });
});
