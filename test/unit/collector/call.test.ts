import { readCall } from '../../../services/collector/call';
import { createTenantOfKey } from '../../../services/collector/write-keys';
import { sha256Hex } from '../../../services/shared/runtime/hash';
import { aTenant } from './a-tenant';

const other = aTenant({
  name: 'other',
  writeKeyHashes: [sha256Hex('other-key'), sha256Hex('older')],
});
const tenantOf = createTenantOfKey([aTenant(), other]);
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

const read = (
  body: unknown,
  { batch = true, authorization = undefined as string | undefined } = {},
) => {
  const answer = readCall(body, { batch, authorization, tenantOf, maxEvents: 3 });
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
    const answer = readCall(body, { batch: false, authorization, tenantOf, maxEvents: 3 });
    const incoming = answer.ok ? answer.incoming : null;
    expect(incoming?.entries.map(({ message }) => message)).toEqual([body]);
    expect(incoming?.sentAt).toBeUndefined();
  });

  test('of a batch carries its time of sending', () => {
    const answer = readCall(
      { batch: [], sentAt: '2026-01-15T12:00:00Z' },
      { batch: true, authorization, tenantOf, maxEvents: 3 },
    );
    expect(answer.ok && answer.incoming.sentAt).toBe('2026-01-15T12:00:00Z');
  });
});
