import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of package.json. Schemas, Lua and SQL files are read from below it at run time, from
 *  the sources and from dist/ alike. */
export const projectRoot: string = rootAbove(__dirname) ?? rootAbove(process.cwd()) ?? noRoot();

function rootAbove(folder: string): string | undefined {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : rootAbove(parent);
}

function noRoot(): never {
  throw new Error(`no package.json above ${__dirname}: start this from the project's folder`);
}
