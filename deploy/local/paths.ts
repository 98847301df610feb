import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder with the project's package.json, found upwards, so that sources and dist/ agree. */
export const projectRoot = ancestorWith('package.json', __dirname);

/** Where bootstrap puts the jars of Kafka and the registry. */
export const jarsFolder = join(projectRoot, '.tributary', 'lib');

/**
 * The compiled form of a program of this folder, also when this file itself runs from source under
 * the test runner: the ClickHouse front must not run through a loader.
 */
export function compiledProgram(name: string): string {
  const beside = join(__dirname, `${name}.js`);
  return existsSync(beside) ? beside : join(projectRoot, 'dist', 'deploy', 'local', `${name}.js`);
}

function ancestorWith(file: string, from: string): string {
  if (existsSync(join(from, file))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error(`no ${file} in any folder above ${__dirname}`);
  return ancestorWith(file, parent);
}
