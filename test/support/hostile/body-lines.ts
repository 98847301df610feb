import { aView, batchOf, group, type Line } from './lines';

/** Bodies that are no request, or nearly none. */
export function bodyLines(): readonly Line[] {
  return [...shapes(), ...characters(), ...structure(), ...sizes()];
}

const view = JSON.stringify(aView());
/** A view with one property, given as JSON text. */
const property = (json: string) => ({ body: view.replace(/}$/, `,"properties":{"p":${json}}}`) });
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
/** A view whose JSON has this many bytes. */
const padded = (bytes: number) => {
  const empty = JSON.stringify(aView({ properties: { pad: '' } })).length;
  return JSON.stringify(aView({ properties: { pad: 'x'.repeat(bytes - empty) } }));
};

function shapes(): readonly Line[] {
  return group('shapes', [
    ['empty', {}, '400 empty_body'],
    ['empty, and says JSON', { headers: ['Content-Type: application/json'] }, '400 empty_body'],
    ['null', { body: 'null' }, '400 not_an_object'],
    ['array', { body: '[]' }, '400 not_an_object'],
    ['string', { body: '"track"' }, '400 not_an_object'],
    ['number', { body: '7' }, '400 not_an_object'],
    ['truncated JSON', { body: view.slice(0, -5) }, '400 malformed_json'],
    ['trailing garbage', { body: `${view}garbage` }, '400 malformed_json'],
    ['two bodies', { body: view + view }, '400 malformed_json'],
    ['a batch that is none', { path: '/v1/batch', body: '{"batch":{"0":{}}}' }, '400 no_batch'],
    ['an empty batch', batchOf(), '200'],
    [
      'items that are none',
      batchOf(null, [], 'x', 7, aView()),
      '200 dead/not_an_object x4, counted/clean',
    ],
    ['a batch in a batch', batchOf({ batch: [aView()] }), '200 dead/unknown_call'],
  ]);
}

function characters(): readonly Line[] {
  return group('characters', [
    ['BOM', { body: `\ufeff${view}` }, '200 counted/clean'],
    ['UTF-16', { body: Buffer.from(view, 'utf16le') }, '400 malformed_encoding'],
    [
      'UTF-16 with BOM',
      { body: Buffer.from(`\ufeff${view}`, 'utf16le') },
      '400 malformed_encoding',
    ],
    [
      'invalid UTF-8',
      { body: Buffer.from(view.replace('ann', '\xff\xfe\xc3'), 'latin1') },
      '200 counted/clean',
    ],
    ['lone surrogates', { body: view.replace('ann', '\\ud800 \\udfff') }, '200 counted/clean'],
    ['NUL', { body: view.replace('ann', 'a\\u0000b') }, '200 counted/clean'],
    ['NUL as it is', { body: view.replace('ann', 'a\0b') }, '400 malformed_json'],
  ]);
}

function structure(): readonly Line[] {
  const keysOf = (count: number) =>
    `{${Array.from({ length: count }, (_, nth) => `"k${nth}":0`).join()}}`;
  const hostile = ['__proto__', 'constructor', 'prototype', 'then', 'toJSON', 'hasOwnProperty'];
  const hostileObject = (depth: number): string =>
    `{${hostile.map((key) => `"${key}":${depth > 0 ? hostileObject(depth - 1) : '{"a":1}'}`).join()}}`;
  return group('structure', [
    ['nesting 10,000 deep', property(nested(10_000)), '200 dead/too_large'],
    ['nesting 10,000 deep in the envelope', { body: nested(10_000) }, '400 not_an_object'],
    ['nesting 60 deep', property(nested(60)), '200 counted/clean'],
    ['a million keys', property(keysOf(1_000_000)), '400 too_large'],
    ['as many keys as fit into a request', property(keysOf(45_000)), '200 dead/too_large'],
    ['as many keys as fit into an event', property(keysOf(3_000)), '200 counted/clean'],
    [
      'duplicate keys',
      { body: view.replace('"ann"', '"bob","anonymousId":"ann","anonymousId":"ann"') },
      '200 counted/clean',
    ],
    ...hostile.map(
      (key) =>
        [`${key} in properties`, property(`{"${key}":{"${key}":1}}`), '200 counted/clean'] as const,
    ),
    ['all of them at any depth', property(hostileObject(3)), '200 counted/clean'],
    [
      'all of them in the envelope',
      { body: `${view.slice(0, -1)},${hostileObject(1).slice(1)}` },
      '200 counted/clean',
    ],
    [
      'all of them instead of the envelope',
      { path: '/v1/batch', body: hostileObject(2) },
      '400 no_batch',
    ],
    [
      'context, traits and products made of them',
      {
        body: JSON.stringify(aView({ context: 0 })).replace(
          '"context":0',
          `"context":${hostileObject(1)},"properties":{"products":[${hostileObject(1)}]}`,
        ),
      },
      '200 counted/clean',
    ],
  ]);
}

function sizes(): readonly Line[] {
  return group('sizes', [
    ['event of 32 KB', { body: padded(32_768 - 5) }, '200 counted/clean'],
    ['event 32 KB + 1', { body: padded(32_768 + 40) }, '200 dead/too_large'],
    ['request of 500 KB', { body: padded(512_000) }, '200 dead/too_large'],
    ['request 500 KB + 1', { body: padded(512_001) }, '400 too_large'],
    ['2,500 events', batchOf(...Array(2500).fill(aView())), '200 counted/clean x2500'],
    ['2,501 events', batchOf(...Array(2501).fill(aView())), '400 too_many_events'],
    [
      'a large event among small ones',
      batchOf(aView(), JSON.parse(padded(40_000)), aView()),
      '200 counted/clean x2, dead/too_large',
    ],
  ]);
}
