import { createRequests } from '../../../../bench/collector/requests';

const options = { host: '127.0.0.1:8080', writeKey: 'key', run: 'r' };

function bodyOf(request: Buffer) {
  const text = request.toString('utf8');
  const end = text.indexOf('\r\n\r\n');
  const length = Number(/content-length: (\d+)/.exec(text)?.[1]);
  expect(request.length).toBe(Buffer.byteLength(text.slice(0, end + 4)) + length);
  return JSON.parse(text.slice(end + 4)) as {
    readonly sentAt: string;
    readonly batch: readonly { readonly messageId: string; readonly anonymousId: string }[];
  };
}

test.each([1, 20, 100])('requests of %s events, each with an id of its own', (eventsEach) => {
  const requests = createRequests({ ...options, eventsEach });
  const bodies = Array.from({ length: 9 }, () => bodyOf(requests.next(Date.UTC(2026, 0, 2))));
  for (const { sentAt, batch } of bodies) {
    expect(sentAt).toBe('2026-01-02T00:00:00.000Z');
    expect(batch).toHaveLength(eventsEach);
  }
  const ids = bodies.flatMap(({ batch }) => batch.map(({ messageId }) => messageId));
  expect(new Set(ids).size).toBe(9 * eventsEach);
  expect(ids[0]).toBe('r-0000000000');
});

test('sent round and round, the ids go on, and the users are many', () => {
  const requests = createRequests({ ...options, eventsEach: 100 });
  const bodies = Array.from({ length: 100 }, () => bodyOf(requests.next(0)));
  const all = bodies.flatMap(({ batch }) => batch);
  expect(new Set(all.map(({ messageId }) => messageId)).size).toBe(10_000);
  expect(new Set(all.map(({ anonymousId }) => anonymousId)).size).toBeGreaterThan(200);
});
