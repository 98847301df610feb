import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Board } from '../../../../deploy/panel/board';
import { panelServices, readSources } from '../../../../deploy/panel/sources';
import { eventually } from '../../../support/eventually';

const answers: Readonly<Record<string, unknown>> = {
  '/v1/ledger': { accepted: 7, outcomes: { counted: 6, bot: 1 }, reasons: [], unaccounted: 0 },
  '/v1/funnel?tenant=demo&interval=total&windowHours=24': {
    rows: [{ start: null, steps: [{ step: 'product_viewed', entered: 3 }] }],
  },
  '/v1/channels?tenant=demo&interval=total': { rows: [{ channel: 'Email', sessions: 2 }] },
  '/v1/users/a%2Fb/tags?tenant=demo&events=0&limit=40': { tags: [{ tag: 'bags', weight: 2 }] },
  '/v1/users/a%2Fb?tenant=demo': {
    segment: 'cart',
    lastChannel: 'Email',
    lastSeenAt: '2026-01-15T12:00:00.000Z',
  },
  '/readyz': { ok: true },
};
const page = [
  'tributary_collector_events_total{result="accepted"} 6',
  'tributary_collector_events_total{result="refused"} 1',
  'tributary_collector_events_total{result="unacknowledged"} 9',
  'tributary_event_to_tag_seconds_bucket{le="0.1",lane="live"} 6',
  'tributary_event_to_tag_seconds_bucket{le="+Inf",lane="live"} 6',
  'tributary_event_to_tag_seconds_bucket{le="+Inf",lane="import"} 50',
].join('\n');

let server: Server;
const stopping = new AbortController();
afterAll(() => new Promise((closed) => server.close(closed).closeAllConnections()));

async function services(): Promise<string> {
  server = createServer(({ url = '' }, response) => {
    if (url === '/metrics') return response.end(page);
    if (answers[url] === undefined) response.statusCode = 404;
    return response.end(JSON.stringify(answers[url] ?? { message: `there is no ${url}` }));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('every question is asked, answers land on the board, and who is down is named', async () => {
  const url = await services();
  const urls = Object.fromEntries(panelServices.map((service) => [service, url]));
  const nowhere = 'http://127.0.0.1:1';
  const board = new Board('a/b', [], Date.now());
  const reading = readSources(
    {
      urls: { ...(urls as Record<(typeof panelServices)[number], string>), metrics: nowhere },
      tenant: 'demo',
      followed: 'a/b',
      signal: stopping.signal,
    },
    board,
  );
  const view = await eventually(
    () => {
      const seen = board.view(Date.now());
      const all = [seen.ledger, seen.funnel, seen.channels, seen.latency, seen.followed.profile];
      return all.includes(null) || seen.faults.length === 0 ? null : seen;
    },
    { deadlineMs: 4_000, message: 'an answer for each part of the panel' },
  );
  stopping.abort();
  await reading;
  expect(view.ledger?.accepted).toBe(7);
  expect(view.funnel).toEqual([{ step: 'product_viewed', entered: 3 }]);
  expect(view.channels?.map(({ channel }) => channel)).toEqual(['Email']);
  expect(view.latency?.overallP99).toBeCloseTo(0.099);
  expect(view.followed).toEqual({
    id: 'a/b',
    profile: { segment: 'cart', lastChannel: 'Email', lastSeenAt: Date.UTC(2026, 0, 15, 12) },
    tags: [{ tag: 'bags', weight: 2, change: 0 }],
  });
  expect(view.faults.map(({ what, why }) => `${what}: ${why}`)).toEqual([
    expect.stringMatching(/^metrics: cannot be reached/),
  ]);
});
