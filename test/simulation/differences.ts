import { type CleanEvent, userIds } from '../../services/shared/domain/event';
import { coordinatesText } from '../../services/shared/domain/event-row';
import { cleanedKeys } from '../../services/shared/runtime/topics';
import { profileFields, redisKeys } from '../../services/shared/stores/redis/keys';
import { groupedBy } from '../support/oracle/sessions';
import { tagsOf } from '../support/oracle/tags';
import { type Expected, expectedOf, type FirstVerdicts, factEvents, factRows } from './oracle';
import type { Servers } from './services';
import { allWindowLines, type Lines } from './table';

/** Everything that is not as it must be: ledger, verdicts, windows, tags. */
export function differencesIn(servers: Servers): readonly string[] {
  const { published, changed } = publishedVerdicts(servers);
  const expected = expectedOf(servers, published);
  return [
    ...changed,
    ...expected.differences,
    ...ledgerDifferences(servers, expected),
    ...windowDifferences(servers, expected),
    ...tagDifferences(servers, expected),
  ];
}

/** The first verdict on each coordinate, and those that a later delivery changed. */
function publishedVerdicts({ log, topics, codecs }: Servers) {
  const published = new Map<string, string>();
  const changed: string[] = [];
  for (const record of cleanedKeys.flatMap((key) => log.all(topics[key]))) {
    const decoded = codecs.judged.decode(record.value);
    if (!decoded.ok || decoded.value.version > 0) continue;
    const { source, outcome, reason } = decoded.value;
    const name = coordinatesText(source);
    const verdict = `${outcome}/${reason}`;
    const first = published.get(name) ?? verdict;
    if (first !== verdict) changed.push(`verdict: ${name} was ${first} and then ${verdict}`);
    published.set(name, first);
  }
  return { published: published as FirstVerdicts, changed };
}

function ledgerDifferences({ table }: Servers, { fates }: Expected): readonly string[] {
  const differences: string[] = [];
  const rows = new Map<string, string>();
  for (const row of table.rows()) {
    const name = coordinatesText(row);
    if (rows.has(name)) differences.push(`ledger: ${name} has two rows`);
    rows.set(name, `${row.outcome}/${row.reason} ${row.version}`);
  }
  for (const [name, { last }] of fates) {
    const found = rows.get(name);
    if (found === undefined) differences.push(`ledger: ${name} is lost, must be ${last}`);
    else if (found !== last) differences.push(`ledger: ${name} is ${found}, must be ${last}`);
  }
  const unknown = [...rows.keys()].filter((name) => !fates.has(name));
  return [...differences, ...unknown.map((name) => `ledger: there is no record ${name}`)];
}

function windowDifferences({ table, reach }: Servers, expected: Expected): readonly string[] {
  const right = allWindowLines(factRows(expected), reach);
  const stored = table.stored();
  const keys = [...new Set([...right.keys(), ...stored.keys()])].sort();
  const none: Lines = new Map();
  return keys.flatMap((key) =>
    lineDifferences(key, stored.get(key) ?? none, right.get(key) ?? none),
  );
}

function lineDifferences(key: string, stored: Lines, right: Lines): readonly string[] {
  const names = [...new Set([...stored.keys(), ...right.keys()])];
  return names
    .filter((name) => stored.get(name) !== right.get(name))
    .map((name) => {
      const [is, must] = [stored, right].map((lines) => lines.get(name) ?? 'nothing');
      return `window: ${key} ${name} is ${is}, must be ${must}`;
    });
}

/** Of the sum of absolute contributions, which is below a thousand here. */
const tolerance = 1e-9 * 1000;

function tagDifferences(servers: Servers, expected: Expected): readonly string[] {
  const facts = groupedBy(factEvents(expected), ({ tenant }) => tenant);
  const users = [...usersOf(expected)].map((user) => JSON.parse(user) as readonly [string, string]);
  return [...servers.tenants.keys()].flatMap((tenant) => {
    const counted = facts.get(tenant) ?? [];
    const tags = tagsOf(counted, 1);
    const ids = users.flatMap(([of, id]) => (of === tenant ? [id] : []));
    return ids.flatMap((id) => {
      const right = new Map([...(tags.get(id) ?? [])].map(([tag, { weight }]) => [tag, weight]));
      const { tags: stored, counts } = storedOf(servers, tenant, id);
      return [
        ...sumDifferences(`tags: ${tenant}:${id}`, stored, right),
        ...sumDifferences(`profile: ${tenant}:${id}`, counts, countsOf(counted, id)),
      ];
    });
  });
}

type Sums = ReadonlyMap<string, number>;

function sumDifferences(where: string, stored: Sums, right: Sums): readonly string[] {
  return [...new Set([...stored.keys(), ...right.keys()])].flatMap((name) => {
    const [is, must] = [stored.get(name) ?? 0, right.get(name) ?? 0];
    if (Math.abs(is - must) <= tolerance) return [];
    return [`${where} ${name} is ${is}, must be ${must}`];
  });
}

function storedOf({ store }: Servers, tenant: string, id: string) {
  const keys = redisKeys();
  const profile = store.hash<string | number>(keys.profile(tenant, id));
  const counts = [...profile].filter(([field]) => field.startsWith(profileFields.count));
  return {
    tags: store.hash<number>(keys.tags(tenant, id)),
    counts: new Map(counts.map(([field, events]) => [field, Number(events)])),
  };
}

/** Everybody named in a record, as JSON of tenant and id. */
function usersOf({ fates }: Expected): ReadonlySet<string> {
  return new Set(
    [...fates.values()].flatMap(({ judged: { event } }) =>
      event === null ? [] : userIds(event).map((id) => JSON.stringify([event.tenant, id])),
    ),
  );
}

function countsOf(facts: readonly CleanEvent[], id: string): Sums {
  const counts = new Map<string, number>();
  for (const event of facts.filter((one) => userIds(one).includes(id))) {
    const field = `${profileFields.count}${event.type}`;
    counts.set(field, (counts.get(field) ?? 0) + 1);
  }
  return counts;
}
