import { RowBinary } from '../../../../../services/shared/stores/clickhouse/row-binary';

function written(write: (out: RowBinary) => void): Buffer {
  const out = new RowBinary(1);
  write(out);
  return out.written(0, out.size);
}

test.each([
  ['a short text', (out: RowBinary) => out.text('aä'), [3, 0x61, 0xc3, 0xa4]],
  ['no text', (out: RowBinary) => out.text(''), [0]],
  ['bytes', (out: RowBinary) => out.bytes(Buffer.from([9, 0])), [2, 9, 0]],
  ['16 bits', (out: RowBinary) => out.uint16(0x0102), [2, 1]],
  ['one', (out: RowBinary) => out.int64(1), [1, 0, 0, 0, 0, 0, 0, 0]],
  ['minus one', (out: RowBinary) => out.int64(-1), Array(8).fill(255)],
  ['minus 2^32', (out: RowBinary) => out.int64(-(2 ** 32)), [0, 0, 0, 0, 255, 255, 255, 255]],
  ['2^53 - 1', (out: RowBinary) => out.int64(2 ** 53 - 1), [255, 255, 255, 255, 255, 255, 0x1f, 0]],
  ['64 bits', (out: RowBinary) => out.bigUint64(2n ** 64n - 1n), Array(8).fill(255)],
  ['no number', (out: RowBinary) => out.nullable(null, out.int64), [1]],
  ['a number or none', (out: RowBinary) => out.nullable(258, out.uint16), [0, 2, 1]],
  ['a list', (out: RowBinary) => out.array([3, 4], out.uint8), [2, 3, 4]],
] as const)('%s', (_, write, bytes) => {
  expect([...written(write)]).toEqual([...bytes]);
});

test.each([1, 42, 43, 127, 128, 5000, 70_000])(
  'a text of %i characters has its length in front',
  (length) => {
    const bytes = written((out) => out.text('ü'.repeat(length)));
    let size = 0;
    let at = 0;
    for (; (bytes[at] ?? 0) >= 0x80; at += 1) size += ((bytes[at] ?? 0) & 0x7f) << (7 * at);
    size += (bytes[at] ?? 0) << (7 * at);
    expect([size, bytes.length - at - 1]).toEqual([2 * length, 2 * length]);
    expect(bytes.subarray(at + 1).toString()).toBe('ü'.repeat(length));
  },
);

test('what is cut off is written over', () => {
  const out = new RowBinary(1);
  out.uint8(1);
  out.uint8(2);
  out.truncate(1);
  out.uint8(3);
  expect([...out.written(0, out.size)]).toEqual([1, 3]);
});
