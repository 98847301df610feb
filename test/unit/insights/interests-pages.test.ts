import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterestsPages } from '../../../services/insights/interests-pages';

const page = `tributary_event_to_tag_seconds_bucket{le="0.3",service="interests",lane="live"} 4
tributary_event_to_tag_seconds_bucket{le="+Inf",service="interests",lane="live"} 5
tributary_event_to_tag_seconds_bucket{le="+Inf",service="interests",lane="import"} 900
`;
let server: Server;
let address: string;
let asked = 0;

beforeAll(async () => {
  server = createServer((request, reply) => {
    asked += 1;
    reply.statusCode = request.url === '/metrics' ? 200 : 404;
    reply.end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => new Promise((closed) => server.close(closed)));

test('reads the live lane; who does not answer holds up nobody; everybody shares a reading', async () => {
  const nowhere = 'http://127.0.0.1:9';
  const pages = createInterestsPages([address, nowhere]);
  const [first, second] = await Promise.all([pages.eventToTag(), pages.eventToTag()]);
  expect(first).toEqual([
    {
      address,
      fault: null,
      histogram: {
        count: 5,
        buckets: [
          { le: 0.3, count: 4 },
          { le: Number.POSITIVE_INFINITY, count: 5 },
        ],
      },
    },
    {
      address: nowhere,
      fault: expect.stringMatching(/^cannot be reached /),
      histogram: { count: 0, buckets: [] },
    },
  ]);
  expect([second, asked]).toEqual([first, 1]);
});
