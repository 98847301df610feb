import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { trackingPaths } from '../../../services/collector/routes';
import { messageContent } from '../../../services/shared/domain/content-hash';
import { projectRoot } from '../../../services/shared/runtime/root';
import type { RawTopicKey } from '../../../services/shared/runtime/topics';
import { eventually } from '../../support/eventually';
import { aName } from '../../support/names';
import { auth, type Landing, openLanding } from './landing';

jest.setTimeout(60_000);

let landing: Landing;
beforeAll(async () => {
  landing = await openLanding();
});
afterAll(() => landing.close());

const byMessage = async (messageId: string) => {
  const [found] = await landing.landed((event) => event.messageId === messageId, 1);
  return found;
};

const message = (messageId: string) => ({
  ...{ messageId, anonymousId: 'ann', userId: 'u-1', event: 'Product Added' },
  ...{ previousId: 'ann', groupId: 'g' },
});

describe('every path leads to its topic', () => {
  const topicOf: Readonly<Record<string, RawTopicKey>> = {
    track: 'cart',
    page: 'click',
    screen: 'click',
    identify: 'identity',
    alias: 'identity',
    group: 'identity',
  };
  test.each(Object.entries(trackingPaths))('%s', async (path, { call, lane }) => {
    const id = aName('m');
    const one = message(id);
    const body = call === null ? { batch: [{ ...one, type: 'track' }] } : one;
    const answer = await landing.post(path, JSON.stringify(body));
    expect([answer.status, await answer.text()]).toEqual([200, '{"success":true}']);
    const wanted = lane === 'import' ? 'import' : topicOf[call ?? 'track'];
    expect((await byMessage(id))?.topic).toBe(landing.topics[wanted as RawTopicKey]);
  });
});

describe('as SDKs put it on the wire', () => {
  const bytes = (id: string) =>
    Buffer.from(JSON.stringify({ ...message(id), context: { n: 'ü' } }));
  const form = 'application/x-www-form-urlencoded';
  test.each<[string, (json: Buffer) => Buffer, Record<string, string>]>([
    ['analytics.js: text', (json) => json, { 'content-type': 'text/plain' }],
    ['RudderStack: gzip that says it is a form', gzipSync, { 'content-type': form }],
    ['no type at all', (json) => json, {}],
    ['deflate', deflateSync, { 'content-encoding': 'deflate' }],
    ['raw deflate', deflateRawSync, { 'content-encoding': 'deflate' }],
    ['gzip', gzipSync, { 'content-encoding': 'gzip', 'content-type': 'application/json' }],
  ])('%s', async (_name, packed, headers) => {
    const id = aName('m');
    const body = new Uint8Array(packed(bytes(id)));
    const { status } = await landing.post('/v1/t', body, { ...auth, ...headers });
    expect([status, (await byMessage(id))?.event.invalid]).toEqual([200, null]);
  });

  test('Android: text, gzip and chunks, of which no length is known', async () => {
    const id = aName('m');
    const packed = gzipSync(bytes(id));
    const headers = { ...auth, 'content-type': 'text/plain', 'content-encoding': 'gzip' };
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const url = `${landing.collector.url}/v1/track`;
      const call = request(url, { method: 'POST', headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      call.once('error', reject);
      call.write(packed.subarray(0, 20));
      call.write(packed.subarray(20));
      call.end();
    });
    expect([status, (await byMessage(id))?.event.invalid]).toEqual([200, null]);
  });
});

describe('the limits, to the byte', () => {
  const batchOf = (events: number) => {
    const batch = Array.from({ length: events }, () => ({
      type: 'track',
      event: 'x',
      userId: 'l',
    }));
    return JSON.stringify({ batch });
  };
  const padded = (bytes: number) => batchOf(1).padEnd(bytes, ' ');
  const gzipped = (text: string) => new Uint8Array(gzipSync(text));
  test.each([
    ['2,500 events', () => batchOf(2500), 200, '{"success":true}'],
    ['2,501 events', () => batchOf(2501), 400, 'too_many_events'],
    ['500 KiB', () => padded(512_000), 200, '{"success":true}'],
    ['500 KiB and a byte', () => padded(512_001), 400, 'too_large'],
    ['500 KiB inflated', () => gzipped(padded(512_000)), 200, '{"success":true}'],
    ['500 KiB and a byte inflated', () => gzipped(padded(512_001)), 400, 'too_large'],
  ])('%s', async (_name, body, status, said) => {
    const answer = await landing.post('/v1/batch', body());
    expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining(said)]);
  });

  test('an event of 32 KiB is taken, one byte more is a dead letter beside it', async () => {
    const ids = [aName('m'), aName('m')];
    const ofBytes = (messageId: string, bytes: number) => {
      const made = (pad: string) => ({ ...message(messageId), properties: { pad } });
      const bare = messageContent(made(''), 'track').text.length;
      return { ...made('x'.repeat(bytes - bare)), type: 'track' };
    };
    const batch = [ofBytes(ids[0] ?? '', 32_768), ofBytes(ids[1] ?? '', 32_769)];
    const answer = await landing.post('/v1/batch', JSON.stringify({ batch }));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      success: true,
      refused: [{ index: 1, messageId: ids[1], reason: 'too_large' }],
    });
    const invalid = await Promise.all(ids.map(async (id) => (await byMessage(id))?.event.invalid));
    expect(invalid).toEqual([null, expect.objectContaining({ reason: 'too_large' })]);
  });
});

describe('a browser', () => {
  const origin = 'https://shop.example';
  test('may ask for what analytics.js sends, and read each answer', async () => {
    const asked = 'authorization,content-type,x-retry-count';
    const allowed = await fetch(`${landing.collector.url}/v1/t`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': asked,
      },
    });
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-headers')).toBe(asked);
    for (const headers of [{ ...auth, origin }, { origin }]) {
      const answer = await landing.post('/v1/t', JSON.stringify(message(aName('m'))), headers);
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
      expect(answer.headers.get('access-control-expose-headers')).toBe('retry-after');
    }
  });

  test('is told where to send, and to try again for long', async () => {
    const get = (key: string) => fetch(`${landing.collector.url}/v1/projects/${key}/settings`);
    const { host } = new URL(landing.collector.url);
    const tries = { maxRetryCount: 100 };
    expect(await (await get('demo-write-key')).json()).toMatchObject({
      integrations: {
        'Segment.io': {
          ...{ apiKey: 'demo-write-key', apiHost: `${host}/v1`, protocol: 'http' },
          httpConfig: { rateLimitConfig: tries, backoffConfig: tries },
        },
      },
    });
    expect((await get('nobody')).status).toBe(404);
  });

  test("may report on its SDK, which is nobody's event", async () => {
    expect((await landing.post('/v1/m', '{"series":[]}', {})).status).toBe(200);
  });
});

test.each(['/', '/v1', '/v1/', '/v1/batch/', '//v1/batch', '/v1/projects/x/settings/', '/v1/x'])(
  'SDKs follow no redirect, and %s gives none',
  async (path) => {
    const { status } = await landing.post(path, '{}');
    expect(status < 300 || status >= 400).toBe(true);
  },
);

test('a write key that is taken out of the file is unknown within five seconds', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-keys-'));
  try {
    const file = join(folder, 'tenants.yaml');
    const written = readFileSync(join(projectRoot, 'config/tenants.yaml'), 'utf8');
    writeFileSync(file, written);
    const { url } = await landing.another(landing.prefix, { TENANTS_FILE: file });
    const post = async () => {
      const body = JSON.stringify(message(aName('m')));
      return (await fetch(`${url}/v1/t`, { method: 'POST', body, headers: auth })).status;
    };
    expect(await post()).toBe(200);
    writeFileSync(file, written.replace(/- [0-9a-f]{64}/, `- ${'f'.repeat(64)}`));
    await eventually(async () => (await post()) === 400, { deadlineMs: 5000, message: '400' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
