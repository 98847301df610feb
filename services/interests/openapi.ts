/** The document of /openapi.json: nothing but what every service answers. */
export function interestsOpenapi(): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tributary interests',
      version: '1',
      description: 'Clean events in; tags and profiles out. Speaks HTTP only of its health.',
    },
    paths: {},
  };
}
