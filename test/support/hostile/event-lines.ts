import { aView, batchOf, events, group, type Line } from './lines';

/** Events that any app may send, by mistake or on purpose. */
export function eventLines(): readonly Line[] {
  return [
    ...[...messageIds(), ...sameMessageIds(), ...timeStamps(), ...userIds(), ...eventNames()],
    ...products(),
  ];
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const iso = (at: number) => new Date(at).toISOString();

function messageIds(): readonly Line[] {
  return events('message ids', [
    ['missing', { messageId: undefined }, 'counted/clean', { messageIdMade: true }],
    [
      'missing, with a time stamp',
      { anonymousId: 'ben', timestamp: iso(Date.now()) },
      'counted/clean',
      { messageIdMade: true },
    ],
    ['empty', { messageId: '' }, 'counted/clean', { messageIdMade: true }],
    ['null', { messageId: null }, 'counted/clean', { messageIdMade: true }],
    ['10 KB', { messageId: 'm'.repeat(10_240) }, 'dead/id_too_long'],
    ['257 bytes', { messageId: `${'ü'.repeat(128)}x` }, 'dead/id_too_long'],
    ['256 bytes', { messageId: 'ü'.repeat(128) }, 'counted/clean', { messageIdMade: false }],
    ['with newline', { messageId: 'm\nother:m' }, 'counted/clean', { messageId: 'm\nother:m' }],
    ['a number', { messageId: 7 }, 'counted/clean', { messageId: '7' }],
    ['an object', { messageId: { id: 7 } }, 'counted/clean', { messageIdMade: true }],
  ]);
}

function timeStamps(): readonly Line[] {
  const now = Date.now();
  const at = (timestamp: unknown, rest: object = {}) => ({ timestamp, ...rest });
  return events('time stamps', [
    ['in seconds', at(1_700_000_000), 'counted/clean', { eventAt: 1_700_000_000_000 }],
    ['in seconds, as text', at('1700000000'), 'counted/clean', { eventAt: 1_700_000_000_000 }],
    ['1970', at('1970-01-01T00:00:00Z'), 'counted/clean', { eventAt: 0 }],
    ['before 1970', at('1969-12-31T23:59:59Z'), 'dead/invalid_timestamp'],
    ['9999', at('9999-12-31T23:59:59Z'), 'dead/invalid_timestamp'],
    ['2299', at('2299-12-31T23:59:59Z'), 'counted/clean', { clock: 'future' }],
    ['"2026-02-30"', at('2026-02-30'), 'dead/invalid_timestamp'],
    ['a leap second', at('2016-12-31T23:59:60Z'), 'dead/invalid_timestamp'],
    ['+14:00', at('2026-01-01T14:00:00+14:00'), 'counted/clean', { eventAt: Date.UTC(2026, 0, 1) }],
    ['+99:00', at('2026-01-01T14:00:00+99:00'), 'dead/invalid_timestamp'],
    [
      'an hour ahead',
      at(iso(now + hourMs)),
      'counted/clean',
      { eventAt: now + hourMs, clock: 'as_sent' },
    ],
    ['two days ahead', at(iso(now + 2 * dayMs)), 'counted/clean', { clock: 'future' }],
    ['30 days old', at(iso(now - 30 * dayMs)), 'counted/clean', { eventAt: now - 30 * dayMs }],
    [
      'sentAt before timestamp',
      at(iso(now + 2 * minuteMs), { sentAt: iso(now) }),
      'counted/clean',
      { eventAt: now + 2 * minuteMs, clock: 'healthy' },
    ],
    [
      'sentAt no time',
      at(iso(now), { sentAt: 'yesterday' }),
      'counted/clean',
      { clock: 'as_sent' },
    ],
    [
      'sentAt 1970',
      at(iso(now - 54_321), { sentAt: '1970-01-01T00:00:00Z' }),
      'counted/clean',
      { clock: 'future' },
    ],
    [
      'sentAt 2299, which shifts the event before 1970',
      at('2020-01-01', { sentAt: '2299-01-01' }),
      'counted/clean',
      { clock: 'absent' },
    ],
    ['no time', at('yesterday'), 'dead/invalid_timestamp'],
    ['empty', at(''), 'dead/invalid_timestamp'],
    ['null', at(null), 'counted/clean', { clock: 'absent' }],
    ['an object', at({}), 'dead/invalid_timestamp'],
    ['infinite', at('1e999'), 'dead/invalid_timestamp'],
    ['below zero', at(-1), 'dead/invalid_timestamp'],
    ['a megabyte of digits, cut to what fits', at('1'.repeat(30_000)), 'dead/invalid_timestamp'],
  ]);
}

function userIds(): readonly Line[] {
  const user = (userId: unknown) => ({ anonymousId: undefined, userId });
  const kept = [
    '[object Object]',
    '}{',
    'a\r\nb',
    '*',
    '../..',
    '{{7*7}}',
    '=HYPERLINK("x")',
    '<script>alert(1)</script>',
    '\u200b',
    '\u202eabc',
    '\0',
  ];
  return events('user ids', [
    ['null', user(null), 'dead/no_user'],
    ['""', user(''), 'dead/no_user'],
    ['0', user(0), 'counted/clean', { userId: '0' }],
    ['true', user(true), 'dead/no_user'],
    ['an object', user({ id: 1 }), 'dead/no_user'],
    ['30 KB', user('u'.repeat(30_000)), 'dead/id_too_long'],
    ...kept.map((id) => [JSON.stringify(id), user(id), 'counted/clean', { userId: id }] as const),
  ]);
}

function eventNames(): readonly Line[] {
  const named = (event: unknown) => ({ event });
  return events('event names', [
    [
      'odd in case',
      named('pRODUCT_vIEWED'),
      'counted/clean',
      { type: 'product_viewed', name: 'pRODUCT_vIEWED' },
    ],
    ['zero-width', named('Product\u200bViewed'), 'counted/clean', { name: 'Product\u200bViewed' }],
    [
      'right-to-left',
      named('\u202eProduct Viewed'),
      'counted/clean',
      { name: '\u202eProduct Viewed' },
    ],
    ['empty', named(''), 'dead/no_event_name'],
    ['no text', named({}), 'dead/no_event_name'],
    ['missing', named(undefined), 'dead/no_event_name'],
    ['30 KB', named('n'.repeat(30_000)), 'counted/clean', { type: 'custom' }],
    ['<script>', named('<script>alert(1)</script>'), 'counted/clean', { type: 'custom' }],
    [
      'of the prototype',
      named('constructor'),
      'counted/clean',
      { type: 'custom', name: 'constructor' },
    ],
    ['__proto__', named('__proto__'), 'counted/clean', { type: 'custom', name: '__proto__' }],
  ]);
}

function products(): readonly Line[] {
  const product = (product_id: unknown) => ({ properties: { product_id, price: 1 } });
  const ids = [
    'a/b',
    '../../etc',
    '"quoted"',
    "it's",
    '{{7*7}}',
    '=HYPERLINK("x")',
    '<script>',
    '\\',
    '\t',
  ];
  return events('products', [
    ...ids.map(
      (id) =>
        [JSON.stringify(id), product(id), 'counted/clean', { items: [{ productId: id }] }] as const,
    ),
    ['an object', product({}), 'counted/clean', { items: [] }],
  ]);
}

function sameMessageIds(): readonly Line[] {
  const bob = { anonymousId: 'bob' };
  return group('message ids', [
    [
      'reused with other content',
      batchOf(aView({ messageId: 'again' }), aView({ messageId: 'again', ...bob })),
      '200 counted/clean, collision/message_id_reused',
    ],
    [
      'the same one 1,000 times in a batch',
      batchOf(...Array(1000).fill(aView({ messageId: 'thousand' }))),
      '200 counted/clean, duplicate/same_message x999',
    ],
  ]);
}
