import { randomBytes } from 'node:crypto';

/** A name nobody else has: for topics, key prefixes, groups and databases of one test. */
export function aName(what: string): string {
  return `${what}_${randomBytes(5).toString('hex')}`;
}
