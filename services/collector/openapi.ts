import { trackingPaths } from './routes';

/** The document of /openapi.json. */
export function collectorOpenapi(): object {
  const paths = Object.entries(trackingPaths).map(([path, { call }]) => [
    path,
    { post: operation(call === null ? 'Several calls in `batch`' : `One ${call} call`) },
  ]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tributary collector',
      version: '1',
      description: 'The Segment tracking API. The write key is the Basic user name, or `writeKey`.',
    },
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: { writeKey: { type: 'http', scheme: 'basic' } },
      schemas: {
        Error: {
          type: 'object',
          required: ['error', 'message', 'field'],
          properties: {
            error: { type: 'string' },
            message: { type: 'string' },
            field: { type: ['string', 'null'] },
          },
        },
      },
    },
  };
}

function operation(summary: string): object {
  const error = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };
  return {
    summary,
    security: [{ writeKey: [] }, {}],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: { type: 'object' } } },
    },
    responses: {
      '200': { description: 'Every event is on all replicas: `{"success":true}`' },
      '400': { description: 'Sending it again will not help', content: error },
      '429': { description: 'Too much in flight: send it again after Retry-After', content: error },
      '503': { description: 'Not acknowledged by Kafka: send it again', content: error },
    },
  };
}
