import fc from 'fast-check';
import { colourInk, plainInk } from '../../../../deploy/panel/ink';
import { plainLine } from '../../../../deploy/panel/plain-line';
import { renderPanel } from '../../../../deploy/panel/render';
import { widthOf } from '../../../../deploy/panel/text';
import { aView, now } from './views';

function panel(columns: number, rows: number, view = aView()): string {
  return renderPanel(view, { columns, rows, ink: plainInk })
    .map((line) => line.trimEnd())
    .join('\n');
}

test('80 columns', () => {
  expect(`\n${panel(80, 30)}\n`).toBe(`
Tributary  live for 2 min 14 s  52 events/s ▁▃▆▇██████              12:04:31 UTC

events                                 click to tag              promised 300 ms
accepted              6,412            p50      38 ms  ███▏
kept                  5,968  93.3 %    p99     121 ms  ██████████▏
removed                 432  6.8 %     3,011 in a minute, p99 so far 180 ms
  declared_bot          281  bot
  same_message          122            channel         sessions  orders    USD
  empty_user_agent       20  bot       Organic Search       288       9  1,204
  no_user                 9  dead      Direct               240      11    812
on the way               12            Paid Search          170       8    660
                                       Email                 72      12    991
funnel: people, within 24 hours        AI Assistants         41       3    120
product viewed    1,204 100.0 % ████
product added       240  19.9 % ▊
checkout started    130  10.8 % ▍
order completed      71   5.9 % ▎

demo-visitor  cart, Email, 1 s ago
category:Bags       42.1 ████████  +8.0  price:50-100        12.5 ██▍       -3.0
channel:Email       30.0 █████▊    +3.1  search:tent          2.0 ▍          new
brand:Fjell         18.0 ███▍

events go to     http://127.0.0.1:8080/v1/{track,page,batch}
questions go to  http://127.0.0.1:8090/v1/ledger
`);
});

test('80 columns and 24 rows: the lists are as long as there is room', () => {
  expect(`\n${panel(80, 24)}\n`).toBe(`
Tributary  live for 2 min 14 s  52 events/s ▁▃▆▇██████              12:04:31 UTC

events                                 click to tag              promised 300 ms
accepted              6,412            p50      38 ms  ███▏
kept                  5,968  93.3 %    p99     121 ms  ██████████▏
removed                 432  6.8 %     3,011 in a minute, p99 so far 180 ms
  declared_bot          281  bot
  same_message          122            channel         sessions  orders    USD
  others                 29            Organic Search       288       9  1,204
on the way               12            Direct               240      11    812
                                       Paid Search          170       8    660
funnel: people, within 24 hours        Email                 72      12    991
product viewed    1,204 100.0 % ████   AI Assistants         41       3    120
product added       240  19.9 % ▊
checkout started    130  10.8 % ▍
order completed      71   5.9 % ▎

demo-visitor  cart, Email, 1 s ago
category:Bags       42.1 ████████  +8.0  price:50-100        12.5 ██▍       -3.0
channel:Email       30.0 █████▊    +3.1  search:tent          2.0 ▍          new
brand:Fjell         18.0 ███▍

events go to     http://127.0.0.1:8080/v1/{track,page,batch}
questions go to  http://127.0.0.1:8090/v1/ledger
`);
});

test('140 columns', () => {
  expect(`\n${panel(140, 30)}\n`).toBe(`
Tributary  live for 2 min 14 s  52 events/s ▁▃▆▇██████                                                                          12:04:31 UTC

events                                           funnel: people, within 24 hours                demo-visitor  cart, Email, 1 s ago
accepted              6,412                      product viewed    1,204 100.0 % ████████████   category:Bags            42.1 ████████  +8.0
kept                  5,968  93.3 %              product added       240  19.9 % ██▍            channel:Email            30.0 █████▊    +3.1
removed                 432  6.8 %               checkout started    130  10.8 % █▎             brand:Fjell              18.0 ███▍
  declared_bot          281  bot                 order completed      71   5.9 % ▊              price:50-100             12.5 ██▍       -3.0
  same_message          122  duplicate                                                          search:tent               2.0 ▍          new
  empty_user_agent       20  bot                 channel         sessions  orders       USD
  no_user                 9  dead                Organic Search       288       9  1,204.10
on the way               12                      Direct               240      11    812.40
                                                 Paid Search          170       8    660.00
click to tag                   promised 300 ms   Email                 72      12    991.90
p50      38 ms  ███▊                             AI Assistants         41       3    120.00
p99     121 ms  ████████████▏
3,011 in a minute, p99 so far 180 ms

events go to     http://127.0.0.1:8080/v1/{track,page,batch}
questions go to  http://127.0.0.1:8090/v1/ledger
`);
});

test('before anything has answered', () => {
  const view = aView({
    since: now,
    ledger: null,
    rate: { perSecond: null, recent: [] },
    latency: null,
    funnel: null,
    channels: null,
    followed: { id: 'demo-visitor', profile: null, tags: [] },
  });
  expect(`\n${panel(80, 24, view)}\n`).toBe(`
Tributary  live for 0 s                                             12:04:31 UTC

events                                 click to tag              promised 300 ms
accepted                  -            p50          -
kept                      -            p99          -
removed                   -
on the way                -
                                       channel  sessions  orders
funnel: people, within 24 hours

demo-visitor  not seen yet

events go to     http://127.0.0.1:8080/v1/{track,page,batch}
questions go to  http://127.0.0.1:8090/v1/ledger
`);
  expect(plainLine(view)).toBe('12:04:31');
});

test('what does not answer is named, with what else there is to say; the figures stay', () => {
  const view = aView({
    faults: [{ what: 'insights', since: now - 9_000, why: 'cannot be reached (ECONNREFUSED)' }],
    notes: ['one', 'two', 'three', 'insights ended (SIGKILL); it is started again in 0.5 s'],
  });
  const lines = panel(80, 40, view).split('\n');
  expect(lines.slice(-6)).toEqual([
    'insights: cannot be reached (ECONNREFUSED), since 12:04:22',
    'two',
    'three',
    'insights ended (SIGKILL); it is started again in 0.5 s',
    'events go to     http://127.0.0.1:8080/v1/{track,page,batch}',
    'questions go to  http://127.0.0.1:8090/v1/ledger',
  ]);
  expect(lines[3]).toContain('6,412');
  expect(plainLine(view)).toMatch(/ \| insights: cannot be reached \(ECONNREFUSED\)$/);
});

test('a promise that is not kept is red, one that is kept green', () => {
  const coloured = (p99: number) =>
    renderPanel(aView({ latency: { events: 5, p50: 0.1, p99, overallP99: p99 } }), {
      columns: 80,
      rows: 40,
      ink: colourInk,
    }).find((line) => line.includes('p99'));
  expect(coloured(0.3)).toContain('\u001b[32m   300 ms\u001b[39m');
  expect(coloured(0.301)).toContain('\u001b[31m   301 ms\u001b[39m');
});

test('text from events cannot write to the terminal', () => {
  const tags = [{ tag: 'search:\u001b[2J\u001b]0;x\u0007', weight: 1, change: null }];
  const view = aView({ followed: { id: 'a\u001bb', profile: null, tags } });
  const whole =
    renderPanel(view, { columns: 80, rows: 40, ink: plainInk }).join('') + plainLine(view);
  expect(whole).not.toContain('\u001b');
  expect(whole).not.toContain('\u0007');
});

test('no window is too small or too large, with colours or without', () => {
  const long = { tag: 'category:超長分類名稱超長分類名稱超長分類名稱', weight: 1e9, change: -1e9 };
  const view = aView({
    followed: { id: 'x'.repeat(256), profile: null, tags: Array.from({ length: 40 }, () => long) },
    notes: ['n'.repeat(500)],
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 260 }),
      fc.integer({ min: 1, max: 60 }),
      fc.constantFrom(plainInk, colourInk),
      fc.constantFrom(view, aView()),
      (columns, rows, ink, shown) => {
        const lines = renderPanel(shown, { columns, rows, ink });
        expect(lines.length).toBeLessThanOrEqual(rows);
        expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(columns);
      },
    ),
    { numRuns: 60 },
  );
});

test('in a pipe it is one line', () => {
  expect(plainLine(aView())).toBe(
    '12:04:31 | accepted 6,412, kept 5,968, duplicate 122, bot 301, dead 9 | 52 events/s | ' +
      'click to tag p50 38 ms, p99 121 ms of 300 | funnel 1,204 > 240 > 130 > 71 | ' +
      'demo-visitor: category:Bags 42.1, channel:Email 30.0, brand:Fjell 18.0',
  );
});
