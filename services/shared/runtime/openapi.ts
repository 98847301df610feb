import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';

/** Collects the schemas of the routes that are added to the server from here on; `server.swagger()`
 *  is then their OpenAPI document. Resolves when routes may be added. */
export async function collectOpenapi(
  server: FastifyInstance,
  info: { readonly title: string; readonly description: string },
): Promise<void> {
  await server.register(swagger, {
    openapi: { openapi: '3.0.3', info: { ...info, version: '1' } },
  });
}
