import { isDeepStrictEqual } from 'node:util';
import { applicationsOf } from '../../services/shared/domain/application';
import type { CleanEvent } from '../../services/shared/domain/event';
import { orderApplicationsOf } from '../../services/shared/domain/order-history';
import { type JudgedEvent, personVersionBase } from '../../services/shared/domain/outcome';
import { judgesOrders, type Tenant } from '../../services/shared/domain/tenant';
import { currentWeightsVersion } from '../../services/shared/domain/weights';
import { answerOf } from '../../services/shared/stores/redis/client';
import { createTags } from '../../services/shared/stores/redis/tags';
import { fakeTags } from '../support/fakes/tags';
import { tagsOf } from '../support/oracle/tags';
import type { Expected } from './expected';
import type { Installation } from './installation';
import type { Part } from './part';

/** Every tag, to 1e-9 of the sum of absolute contributions. */
export async function compareTags(
  { redis, keys }: Installation,
  tenant: string,
  { facts, retracted, unwritten }: Expected,
): Promise<Part> {
  const right = tagsOf(eventsOf([...facts, ...unwritten]), currentWeightsVersion);
  const faults: string[] = [];
  let compared = 0;
  // What was taken back leaves the error of its sums.
  const all = eventsOf([...facts, ...unwritten, ...retracted, ...retracted]);
  for (const [id, touched] of tagsOf(all, currentWeightsVersion)) {
    const flat = await answerOf(redis.zrevrange(keys.tags(tenant, id), 0, -1, 'WITHSCORES'));
    const found = new Map<string, number>();
    for (let at = 0; at + 1 < flat.length; at += 2) found.set(flat[at] ?? '', Number(flat[at + 1]));
    for (const tag of new Set([...touched.keys(), ...found.keys()])) {
      const weight = right.get(id)?.get(tag)?.weight ?? 0;
      const scale = touched.get(tag)?.scale ?? 0;
      const is = found.get(tag) ?? 0;
      compared += 1;
      if (Math.abs(is - weight) > 1e-9 * scale) faults.push(`${id} ${tag}: ${is}, not ${weight}`);
    }
  }
  return { of: 'tags', compared, faults };
}

function eventsOf(judged: readonly JudgedEvent[]): readonly CleanEvent[] {
  return judged.flatMap(({ event }) => (event === null ? [] : [event]));
}

/** Counts, last seen and last channel of every user; these two are not taken back. */
export async function compareProfiles(
  { redis, keys }: Installation,
  tenant: string,
  { facts, retracted, unwritten }: Expected,
): Promise<Part> {
  const [right, stored] = [fakeTags(), createTags(redis, keys)];
  const inOrder = [...facts, ...unwritten, ...retracted].sort(
    (a, b) => a.source.offset - b.source.offset,
  );
  const applications = inOrder.flatMap(applicationsOf);
  await right.apply(applications);
  const takenBack = { outcome: 'rejected', version: personVersionBase + 1 } as const;
  await right.apply(retracted.flatMap((one) => applicationsOf({ ...one, ...takenBack })));
  const faults: string[] = [];
  const ids = new Set(applications.map((one) => one.id));
  for (const id of ids) {
    const wanted = await right.readProfile(tenant, id);
    const found = await stored.readProfile(tenant, id);
    if (isDeepStrictEqual(found, wanted)) continue;
    faults.push(`profile of ${id}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
  }
  return { of: 'profiles', compared: ids.size, faults };
}

/** Number and sum of counted orders of each shop and user: what the order rule judges by. A tenant
 *  without the rule has none. */
export async function compareMeans(
  { redis, keys }: Installation,
  tenant: Tenant,
  { facts, retracted, unwritten }: Expected,
): Promise<Part> {
  const none: Part = { of: 'means of orders', compared: 0, faults: [] };
  if (!judgesOrders(tenant)) return none;
  const right = new Map<string, { orders: number; sumMinor: number }>();
  const add = (judged: readonly JudgedEvent[], share: 0 | 1) => {
    for (const { subject, currency, amountMinor } of judged.flatMap(orderApplicationsOf)) {
      const name = `${keys.orders(subject)} ${currency}`;
      const mean = right.get(name) ?? { orders: 0, sumMinor: 0 };
      right.set(name, mean);
      mean.orders += share;
      mean.sumMinor += share * amountMinor;
    }
  };
  add([...facts, ...unwritten], 1);
  add(retracted, 0);
  const faults: string[] = [];
  for (const [name, { orders, sumMinor }] of right) {
    const [key = '', currency = ''] = name.split(/ (?=\S*$)/);
    const fields = [`n:${currency}`, `sum:${currency}`] as const;
    const found = (await answerOf(redis.hmget(key, ...fields))).map(Number).join(' for ');
    const wanted = `${orders} for ${sumMinor}`;
    if (found !== wanted) faults.push(`mean of ${name}: ${found}, not ${wanted}`);
  }
  return { ...none, compared: right.size, faults };
}
