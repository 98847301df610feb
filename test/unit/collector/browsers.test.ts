import { aServer, auth, batch, closeServers, track } from './a-server';

afterEach(closeServers);

describe('browsers', () => {
  const browser = { ...auth, origin: 'https://shop.example', 'user-agent': 'Firefox' };
  const seen = async (path: string, headers: object, trustProxy = false) => {
    const { post, collected } = await aServer({ trustProxy });
    await post(path, path === '/v1/import' ? batch : track, headers);
    return collected[0]?.origin.browser;
  };

  test('are asked for their own address and agent, others are not', async () => {
    expect(await seen('/v1/t', browser)).toEqual({ ip: '127.0.0.1', userAgent: 'Firefox' });
    expect(await seen('/v1/t', { ...auth, 'user-agent': 'analytics-node' })).toBeNull();
    expect(await seen('/v1/import', browser)).toBeNull();
  });

  test('are behind the proxy only where there is one', async () => {
    const forwarded = { ...browser, 'x-forwarded-for': '198.51.100.1, 203.0.113.7' };
    expect((await seen('/v1/t', forwarded))?.ip).toBe('127.0.0.1');
    expect((await seen('/v1/t', forwarded, true))?.ip).toBe('203.0.113.7');
  });

  test('may post from anywhere', async () => {
    const { server, post } = await aServer();
    const asked = await server.inject({
      method: 'OPTIONS',
      url: '/v1/t',
      headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
    });
    expect(asked.statusCode).toBe(204);
    expect(asked.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': expect.stringContaining('authorization'),
      'access-control-expose-headers': 'retry-after',
    });
    expect((await post('/v1/t', track)).headers['access-control-allow-origin']).toBe('*');
  });

  test.each([
    ['authorization,x-own', {}, 'authorization,x-own', undefined],
    ['x-a, x-b', {}, 'x-a, x-b', undefined],
    ['x\u0000y', {}, expect.stringContaining('anonymousid'), undefined],
    ['a'.repeat(5000), {}, expect.stringContaining('anonymousid'), undefined],
    ['x', { 'access-control-request-private-network': 'true' }, 'x', 'true'],
  ])('may send the header %.20s', async (asked, more, allowed, privateNetwork) => {
    const { server } = await aServer();
    const headers = { 'access-control-request-headers': asked, ...more };
    const answer = await server.inject({ method: 'OPTIONS', url: '/v1/b', headers });
    expect(answer.headers['access-control-allow-headers']).toEqual(allowed);
    expect(answer.headers['access-control-allow-private-network']).toBe(privateNetwork);
  });

  test('get the settings of analytics.js', async () => {
    const { server } = await aServer();
    const get = (key: string) =>
      server.inject({ url: `/v1/projects/${key}/settings`, headers: { host: 'events.test' } });
    expect((await get('demo-key')).json()).toMatchObject({
      integrations: { 'Segment.io': { apiKey: 'demo-key', apiHost: 'events.test/v1' } },
    });
    expect((await get('nobody')).statusCode).toBe(404);
  });

  test("have their SDK's own metrics swallowed", async () => {
    const { post, collected } = await aServer();
    const answer = await post('/v1/m', { series: [] }, {});
    expect([answer.statusCode, collected]).toEqual([200, []]);
  });
});
