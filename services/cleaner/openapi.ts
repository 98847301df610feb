/** The document of /openapi.json: nothing but what every service answers. */
export function cleanerOpenapi(): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tributary cleaner',
      version: '1',
      description: 'Raw events in; clean and rejected events out. Speaks HTTP only of its health.',
    },
    paths: {},
  };
}
