import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type SourceCategory, sourceCategories } from '../domain/tenant';
import { messageOf } from './errors';
import type { Log } from './log';
import type { Fields } from './tenant-fields';

/** Google Analytics' own list of sources is such a file: a header line, then lines of a source and
 *  one of SOURCE_CATEGORY_SEARCH, _SOCIAL, _VIDEO, _SHOPPING. */
const header = 'source,source_category';
const prefix = 'SOURCE_CATEGORY_';

/** The sources a tenant's file names, lower case, with their categories: the field
 *  `sourceCategories: {file, optional}`. Empty where there is none. */
export function readSourceCategories(
  tenant: Fields,
  folder: string,
  log: Log,
): ReadonlyMap<string, SourceCategory> {
  const fields = tenant.inner('sourceCategories');
  if (fields === null) return new Map();
  const name = fields.text('file', (value) => value !== '', 'must be the name of a CSV file');
  const optional = fields.flag('optional');
  fields.nothingElse();
  if (name === '') return new Map();
  const file = resolve(folder, name);
  if (optional && !existsSync(file)) {
    log.info({ file: name }, 'no source categories: the built-in list decides');
    return new Map();
  }
  try {
    return parseLines(readFileSync(file, 'utf8').split(/\r?\n/), fields);
  } catch (error) {
    fields.fault('file', `cannot be read: ${messageOf(error)}`);
    return new Map();
  }
}

function parseLines(
  [first = '', ...lines]: readonly string[],
  fields: Fields,
): ReadonlyMap<string, SourceCategory> {
  const categories = new Map<string, SourceCategory>();
  if (first !== header) fields.fault('file', `must begin with the line ${header}`);
  for (const [at, line] of lines.entries()) {
    if (line === '') continue;
    const comma = line.lastIndexOf(',');
    const source = line.slice(0, comma).trim().toLowerCase();
    const category = categoryOf(line.slice(comma + 1).trim());
    if (comma > 0 && source !== '' && category !== undefined) categories.set(source, category);
    else fields.fault('file', `line ${at + 2} must be source,${prefix}..., and is '${line}'`);
  }
  return categories;
}

function categoryOf(text: string): SourceCategory | undefined {
  return sourceCategories.find((category) => text === prefix + category.toUpperCase());
}
