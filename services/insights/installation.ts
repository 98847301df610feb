import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { eventTypes } from '../shared/domain/event';
import type { Tenant } from '../shared/domain/tenant';
import { answersOf, text } from './answers';
import { queryOf } from './parameters';

interface InstallationDeps {
  readonly tenants: readonly Tenant[];
  readonly collectorUrl: string;
}

const installationAnswer = Type.Object({
  collectorUrl: text('Where apps send events.'),
  eventTypes: Type.Array(Type.String()),
  tenants: Type.Array(
    Type.Object({
      name: Type.String(),
      currency: text('ISO 4217.'),
      timeZone: text('IANA name: where its days begin.'),
    }),
  ),
});

/** What a page has to know before it can ask anything else. */
export function installationRoutes(
  server: FastifyInstance,
  { tenants, collectorUrl }: InstallationDeps,
): void {
  server.get(
    '/v1/installation',
    {
      schema: {
        summary: 'Whose events there are, and where apps send theirs',
        querystring: queryOf({}),
        response: answersOf(installationAnswer),
      },
    },
    async () => ({
      collectorUrl,
      eventTypes: [...eventTypes],
      tenants: tenants.map(({ name, currency, timeZone }) => ({ name, currency, timeZone })),
    }),
  );
}
