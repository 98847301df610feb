import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

export interface PagesDeps {
  /** The files of the folder `pages`, by name. */
  readonly pages: ReadonlyMap<string, Buffer>;
}

/** Pages by their address; everything else a page needs is at /pages/ under its file's name. */
const addresses: Readonly<Record<string, string>> = {
  'live.html': '/',
  'debugger.html': '/debugger',
};

const contentTypes: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** What an event carries is text of strangers: should a page ever take it for code, nothing of it
 *  runs, loads or leaves. */
const headers = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // Asked again each time and answered 304: a page and its modules are always of one version.
  'cache-control': 'no-cache',
};

/** Puts the pages on a server. They are no part of the API, and not in its document. */
export function pagesRoutes(server: FastifyInstance, { pages }: PagesDeps): void {
  for (const [name, body] of pages) {
    const contentType = contentTypes[name.split('.').at(-1) ?? ''];
    if (contentType === undefined) continue;
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    const answer = async (request: FastifyRequest, reply: FastifyReply) => {
      reply.headers({ ...headers, 'content-type': contentType, etag });
      return request.headers['if-none-match'] === etag ? reply.status(304).send() : body;
    };
    server.get(addresses[name] ?? `/pages/${name}`, { schema: { hide: true } }, answer);
  }
}
