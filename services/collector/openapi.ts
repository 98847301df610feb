import { mostNamed } from './replies';
import { trackingPaths } from './routes';

const refusedItem = {
  type: 'object',
  required: ['index', 'messageId', 'reason', 'message'],
  properties: {
    index: { type: 'integer', description: 'Where it stood in the request.' },
    messageId: { type: 'string' },
    reason: { type: 'string' },
    message: { type: 'string', description: 'What was wrong.' },
  },
};

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
        Success: {
          type: 'object',
          required: ['success'],
          properties: {
            success: { type: 'boolean', const: true },
            refused: { type: 'array', maxItems: mostNamed, items: refusedItem },
          },
        },
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

const everyEvent =
  'Every event is on all replicas. `refused` names those that were kept as dead letters, if any.';

function operation(summary: string): object {
  const success = { 'application/json': { schema: { $ref: '#/components/schemas/Success' } } };
  const error = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };
  return {
    summary,
    security: [{ writeKey: [] }, {}],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: { type: 'object' } } },
    },
    responses: {
      '200': { description: everyEvent, content: success },
      '400': { description: 'Sending it again will not help', content: error },
      '429': { description: 'Too much for now: send it again after Retry-After', content: error },
      '503': { description: 'Not acknowledged by Kafka: send it again', content: error },
    },
  };
}
