import type { FastifyRequest } from 'fastify';

/** The address a request came from: the connection's, or the one that the proxy in front of it put
 *  last. Those before it are what the client said. */
export function clientAddress(request: FastifyRequest, trustProxy: boolean): string {
  const forwarded = trustProxy ? request.headers['x-forwarded-for'] : undefined;
  const nearest = String(forwarded ?? '')
    .split(',')
    .at(-1)
    ?.trim();
  return nearest || request.ip;
}

/** Address and agent of a person's own browser: browsers say where a script's post comes from,
 *  servers that post for their users do not (Node's fetch sends a sec-fetch-mode, but no site). */
export function browserOf(request: FastifyRequest, trustProxy: boolean) {
  const { origin, 'sec-fetch-site': fetchSite, 'user-agent': userAgent } = request.headers;
  if (origin === undefined && fetchSite === undefined) return null;
  return { ip: clientAddress(request, trustProxy), userAgent: userAgent ?? null };
}
