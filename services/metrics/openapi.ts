/** The document of /openapi.json: nothing but what every service answers. */
export function metricsOpenapi(): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tributary metrics',
      version: '1',
      description: 'The ledger and its windows in ClickHouse. Speaks HTTP only of its health.',
    },
    paths: {},
  };
}
