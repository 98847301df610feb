import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { profileFields, redisKeys } from '../../services/shared/stores/redis/keys';
import { seededRandom } from '../replay/random';
import type { Comparison } from './compare';
import type { ExpectedUser } from './tags-oracle';

export interface TagsOptions {
  readonly redisUrl: string;
  readonly keyPrefix: string;
  readonly tenant: string;
  /** Users drawn at random. */
  readonly users: number;
  readonly seed: number;
}

const run = promisify(execFile);
const atOnce = 8;

/** Reads the tags and the profile of users drawn at random with redis-cli alone, two commands a
 *  user, and compares them with what the oracle expects. Tags are equal within 1e-9 of the sum of
 *  their absolute contributions: additions in another order round differently. */
export async function compareTags(
  expected: ReadonlyMap<string, ExpectedUser>,
  options: TagsOptions,
): Promise<readonly Comparison[]> {
  const drawn = draw([...expected.keys()].sort(), options);
  const [tagFaults, profileFaults]: [string[], string[]] = [[], []];
  let tags = 0;
  for (let next = 0; next < drawn.length; next += atOnce) {
    const group = drawn.slice(next, next + atOnce);
    const read = await Promise.all(group.map((id) => readUser(id, options)));
    group.forEach((id, index) => {
      const user = expected.get(id) as ExpectedUser;
      const { weights = new Map(), profile = new Map() } = read[index] ?? {};
      tags += new Set([...weights.keys(), ...user.tags.keys()]).size;
      tagFaults.push(...tagsThatDiffer(user, weights).map((fault) => `${id} ${fault}`));
      const fault = profileFault(user, profile);
      if (fault !== null) profileFaults.push(`${id} ${fault}`);
    });
  }
  return [
    comparison(`tags of ${drawn.length} users`, tags, tagFaults),
    comparison('profiles', drawn.length, profileFaults),
  ];
}

function comparison(name: string, compared: number, faults: readonly string[]): Comparison {
  return { name, compared, differ: faults.length, examples: faults.slice(0, 5) };
}

/** Users without replacement, by the seed. */
function draw(ids: readonly string[], { users, seed }: TagsOptions): readonly string[] {
  const random = seededRandom(seed);
  const left = [...ids];
  const drawn: string[] = [];
  while (drawn.length < users && left.length > 0) {
    const place = Math.floor(random() * left.length);
    drawn.push(left[place] as string);
    left[place] = left.at(-1) as string;
    left.pop();
  }
  return drawn;
}

async function readUser(id: string, { redisUrl, keyPrefix, tenant }: TagsOptions) {
  const keys = redisKeys(keyPrefix);
  const pairs = async (...command: readonly string[]) => {
    const { stdout } = await run('redis-cli', ['-u', redisUrl, ...command]);
    // An empty answer is printed as an empty line.
    const lines = stdout.trim() === '' ? [] : stdout.split('\n').slice(0, -1);
    if (lines.length % 2 === 1) throw new Error(`redis-cli: ${stdout.trim()}`);
    const even = lines.filter((_, line) => line % 2 === 0);
    return new Map(even.map((name, index) => [name, lines[index * 2 + 1] ?? '']));
  };
  const [weights, profile] = await Promise.all([
    pairs('ZREVRANGE', keys.tags(tenant, id), '0', '-1', 'WITHSCORES'),
    pairs('HGETALL', keys.profile(tenant, id)),
  ]);
  return { weights, profile };
}

function tagsThatDiffer(
  { tags }: ExpectedUser,
  found: ReadonlyMap<string, string>,
): readonly string[] {
  return [...new Set([...tags.keys(), ...found.keys()])].flatMap((tag) => {
    const { weight, scale } = tags.get(tag) ?? { weight: Number.NaN, scale: 0 };
    const stored = Number(found.get(tag) ?? Number.NaN);
    if (Math.abs(stored - weight) <= 1e-9 * scale) return [];
    return [`${tag}: expected ${weight}, found ${stored}`];
  });
}

function profileFault(user: ExpectedUser, found: ReadonlyMap<string, string>): string | null {
  const counts = [...found].filter(([field]) => field.startsWith(profileFields.count));
  const expectedCounts = [...user.counts].map(([type, count]) => `${type} ${count}`).sort();
  const foundCounts = counts
    .map(([field, count]) => `${field.slice(profileFields.count.length)} ${count}`)
    .sort();
  const segment = user.counts.has('order_completed')
    ? 'buyer'
    : user.counts.has('product_added')
      ? 'cart'
      : 'visitor';
  const channel = found.get(profileFields.lastChannel) ?? '';
  const channelIsRight =
    user.lastChannels.size === 0 ? channel === '' : user.lastChannels.has(channel);
  if (!channelIsRight) return `last channel ${channel}, expected ${[...user.lastChannels]}`;
  const facts: readonly (readonly [string, string, string])[] = [
    ['counts', expectedCounts.join(), foundCounts.join()],
    ['last seen', String(user.lastSeenAt), found.get(profileFields.lastSeenAt) ?? ''],
    ['segment', segment, found.get(profileFields.segment) ?? ''],
  ];
  const wrong = facts.find(([, expected, actual]) => expected !== actual);
  return wrong === undefined ? null : `${wrong[0]}: expected ${wrong[1]}, found ${wrong[2]}`;
}
