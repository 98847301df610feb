import { join } from 'node:path';
import fastify from 'fastify';
import { pagesRoutes } from '../../../services/insights/pages';
import { readFolder } from '../../../services/shared/runtime/folder';
import { projectRoot } from '../../../services/shared/runtime/root';

const pages = readFolder(join(projectRoot, 'services', 'insights', 'pages'));
const server = fastify();
pagesRoutes(server, { pages });
const get = (url: string, headers = {}) => server.inject({ method: 'GET', url, headers });

test.each(['/', '/debugger', '/?user=ann', '/debugger?search=m-1'])('%s is a page', async (url) => {
  const { statusCode, headers, body } = await get(url);
  expect([statusCode, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/);
  expect(body).not.toMatch(/<script>|<style|style="|\son\w+=|https?:/);
});

test('a page asked for again is not sent again', async () => {
  const { etag } = (await get('/')).headers;
  expect((await get('/', { 'if-none-match': String(etag) })).statusCode).toBe(304);
});

test('everything that a page or module names is there, and nothing else is served', async () => {
  const named = [...pages].flatMap(([name, bytes]) => {
    const text = bytes.toString();
    const absolute = [...text.matchAll(/"(\/pages\/[^"]+)"/g)].map(([, path]) => path);
    const imports = [...text.matchAll(/from '\.\/([^']+)'/g)].map(([, file]) => `/pages/${file}`);
    return name.endsWith('.html') ? absolute : imports;
  });
  expect(named.length).toBeGreaterThan(10);
  for (const path of new Set(named))
    expect([path, (await get(path ?? '')).statusCode]).toEqual([path, 200]);
  for (const path of ['/pages/../main.ts', '/pages/%2e%2e/main.ts', '/pages/', '/pages/none.js']) {
    expect((await get(path)).statusCode).toBe(404);
  }
});

test('no module makes markup of a text', () => {
  for (const [name, bytes] of pages) {
    if (!name.endsWith('.js')) continue;
    expect([
      name,
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/.exec(bytes.toString()),
    ]).toEqual([name, null]);
  }
});
