import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openLines } from '../../../../deploy/replay/lines';

const folder = mkdtempSync(join(tmpdir(), 'lines-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(name: string, bytes: Buffer) {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  const { lines, progress } = await openLines(file);
  const all: string[] = [];
  for await (const group of lines) all.push(...group);
  return { all, progress };
}

// Longer than one piece of the file, so that lines and characters are cut in the middle.
const many = Array.from({ length: 40_000 }, (_, line) => `${line} ${'é😀'.repeat(line % 7)}`);

test.each([
  ['plain.txt', (text: string) => Buffer.from(text)],
  ['packed.txt.gz', (text: string) => gzipSync(text)],
])('%s: every line comes back, in order', async (name, packed) => {
  const { all, progress } = await read(name, packed(`${many.join('\n')}\n`));
  expect(all).toEqual(many);
  expect(progress.read).toBe(progress.total);
});

test('empty lines and returns are left out, a last line without an end is not', async () => {
  const { all } = await read('odd.txt', Buffer.from('a\r\n\n\r\nb\nc'));
  expect(all).toEqual(['a', 'b', 'c']);
});

test('a file that was packed in pieces is read to its end', async () => {
  const { all } = await read('pieces.gz', Buffer.concat([gzipSync('a\n'), gzipSync('b\n')]));
  expect(all).toEqual(['a', 'b']);
});

test('a damaged file is an error, not its end', async () => {
  const whole = gzipSync(many.join('\n'));
  await expect(read('cut.gz', whole.subarray(0, whole.length / 2))).rejects.toThrow();
});

test('a file that is not there is named', async () => {
  await expect(openLines('/no/such/file')).rejects.toThrow('/no/such/file');
});
