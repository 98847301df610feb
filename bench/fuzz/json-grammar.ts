import type { Draw } from '../../deploy/traffic/draw';

/** JSON text that a strict parser reads, whose content nobody would send in good faith. */
export function hostileJson(draw: Draw, depth = 3): string {
  if (depth === 0 || draw.chance(0.55)) return scalar(draw);
  if (draw.chance(0.03)) return tower(draw);
  const members = draw.whole(0, draw.chance(0.05) ? 60 : 4);
  return draw.chance(0.4) ? list(draw, depth, members) : object(draw, depth, members);
}

/** A JSON string. */
export function hostileText(draw: Draw): string {
  const text = draw.pick(texts);
  if (draw.chance(0.03))
    return quoted(text.repeat(draw.whole(1, Math.ceil(3000 / (text.length + 1)))));
  if (draw.chance(0.002)) return quoted(text.repeat(Math.ceil(40_000 / (text.length + 1))));
  return quoted(draw.chance(0.3) ? text + draw.pick(texts) : text);
}

/** A JSON number, or something that a careless producer writes for one. */
export function hostileAmount(draw: Draw): string {
  return draw.chance(0.6) ? draw.pick(numbers) : quoted(draw.pick(amounts));
}

export function hostileTime(draw: Draw): string {
  return draw.chance(0.3) ? draw.pick(numbers) : quoted(draw.pick(times));
}

const escapes = [
  '\\ud800',
  '\\udfff\\ud800',
  '\\u0000',
  '\\ud83d\\ude00',
  '\\u2028',
  '\\"',
  '\\\\',
];

/** Between quotes: as JSON.stringify writes it, now and then with escapes that it would not write. */
function quoted(text: string): string {
  const plain = JSON.stringify(text);
  return text.length % 7 === 3
    ? `${plain.slice(0, -1)}${escapes[text.length % escapes.length]}"`
    : plain;
}

function scalar(draw: Draw): string {
  return draw
    .weighted([
      { weight: 5, text: hostileText },
      { weight: 3, text: () => draw.pick(numbers) },
      { weight: 1, text: () => draw.pick(['true', 'false', 'null', '{}', '[]', '""']) },
    ])
    .text(draw);
}

function list(draw: Draw, depth: number, members: number): string {
  return `[${Array.from({ length: members }, () => hostileJson(draw, depth - 1)).join()}]`;
}

function object(draw: Draw, depth: number, members: number): string {
  const member = () => `${JSON.stringify(draw.pick(names))}:${hostileJson(draw, depth - 1)}`;
  return `{${Array.from({ length: members }, member).join()}}`;
}

/** Nested deeper than anybody looks. */
function tower(draw: Draw): string {
  const levels = draw.pick([63, 64, 65, 200, 5000]);
  return draw.chance(0.5)
    ? '['.repeat(levels) + ']'.repeat(levels)
    : `${'{"a":'.repeat(levels)}0${'}'.repeat(levels)}`;
}

/** Names that mean something to JavaScript, to a query language, or to this program. */
const names = [
  ...['__proto__', 'constructor', 'prototype', 'then', 'toJSON', 'toString', 'valueOf', 'length'],
  ...[
    'hasOwnProperty',
    '__defineGetter__',
    '0',
    '-1',
    '',
    ' ',
    '\u0000',
    '$where',
    '{{7*7}}',
    'a.b',
  ],
  ...[
    'type',
    'event',
    'name',
    'userId',
    'anonymousId',
    'messageId',
    'timestamp',
    'sentAt',
    'batch',
  ],
  ...[
    'properties',
    'traits',
    'context',
    'products',
    'items',
    'price',
    'quantity',
    'revenue',
    'total',
  ],
  ...[
    'currency',
    'order_id',
    'product_id',
    'category',
    'brand',
    'page',
    'url',
    'referrer',
    'campaign',
  ],
  ...['device', 'id', 'session', 'library', 'ip', 'userAgent', 'writeKey', 'integrations', 'query'],
];

const texts = [
  ...[
    '',
    ' ',
    'a',
    'x'.repeat(300),
    'ü'.repeat(129),
    '\u0000',
    '\r\n',
    '\t',
    '\u200b',
    '\u202e',
    '\ufeff',
  ],
  ...[
    '*',
    '}{',
    '{',
    '}',
    '/',
    '..',
    '../../etc/passwd',
    '"',
    "'",
    "' OR 1=1 --",
    '{{7*7}}',
    '#{7*7}',
  ],
  ...[
    '=HYPERLINK("x")',
    '<script>alert(1)</script>',
    '%00',
    '%zz',
    'null',
    'undefined',
    'NaN',
    '(not set)',
  ],
  ...[
    '[object Object]',
    '__proto__',
    'constructor',
    'https://shop.example/?utm_source=%E0%A4%A&gclid=1',
  ],
  ...[
    'http://[::1',
    'https://a@b:99999/?#',
    `https://${'a.'.repeat(120)}com`,
    'android-app://x',
    'USD',
    'zzz',
  ],
  ...[
    'Googlebot/2.1',
    'Mozilla/5.0',
    '🛒',
    'e\u0301',
    'ﬁ',
    'İ',
    '１２３',
    'Product Viewed',
    'purchase',
  ],
];

const numbers = [
  ...['0', '-0', '1', '-1', '1.5', '0.1', '44.1', '1e309', '-1e309', '1e-400', '9007199254740993'],
  ...['123456789012345678901234567890', '1e21', '2147483648', '4294967296', '0.30000000000000004'],
  ...[
    '1700000000',
    '1700000000000',
    '253402300799999',
    '-62135596800000',
    '5e-324',
    `1${'0'.repeat(300)}`,
  ],
];

const amounts = [
  ...[
    '1,234.50',
    '１２３',
    'NaN',
    'Infinity',
    '-Infinity',
    '0x10',
    '1e5',
    '1e400',
    '.5',
    '5.',
    '.',
    '+1',
    '',
  ],
  ...[
    ' 12.30 ',
    '12.345',
    '-0.005',
    '$5',
    '5 USD',
    '9'.repeat(400),
    `0.${'0'.repeat(500)}1`,
    '1_000',
    '١٢٣',
  ],
];

const times = [
  ...[
    '2026-02-30',
    '2026-01-01',
    '2016-12-31T23:59:60Z',
    '9999-12-31T23:59:59Z',
    '1970-01-01T00:00:00Z',
  ],
  ...[
    '2026-01-01T00:00:00+14:00',
    '2026-01-01T00:00:00-15:59',
    '2026-01-01T24:00:00Z',
    '0000-00-00',
    'now',
  ],
  ...[
    '2026-01-01T00:00:00.123456789Z',
    '1700000000',
    '1e12',
    '',
    '2026-01-01T00:00',
    '+020026-01-01T00:00:00Z',
  ],
];
