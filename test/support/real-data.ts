import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { projectRoot } from '../../services/shared/runtime/root';

/** Recorded data that is no part of the project: TRIBUTARY_DATA_DIR, or next to the project. */
const folder = resolve(projectRoot, process.env.TRIBUTARY_DATA_DIR ?? '../shared/data');

/** Tests that need a recorded file: they run where it is, and say so where it is not. */
export function describeWithData(
  path: string,
  body: (file: { text(): string; path: string }) => void,
): void {
  const file = join(folder, path);
  if (existsSync(file)) {
    describe(`with ${path}`, () => body({ text: () => readFileSync(file, 'utf8'), path: file }));
    return;
  }
  process.stderr.write(`not run: no ${file} (TRIBUTARY_DATA_DIR says where recorded data is)\n`);
  describe.skip(`with ${path}`, () => test('needs the file', () => undefined));
}
