import { type CleanEvent, userIds } from '../../../services/shared/domain/event';
import { contributionsOf } from '../../../services/shared/domain/interest';

export interface ExpectedTag {
  /** The stored weight. */
  readonly weight: number;
  /** Sum of absolute contributions: floating-point sums may differ by 1e-9 of it. */
  readonly scale: number;
}

/** Stored weights by user id and tag, added up in the order of the facts. */
export function tagsOf(
  facts: readonly CleanEvent[],
  weightsVersion: number,
): ReadonlyMap<string, ReadonlyMap<string, ExpectedTag>> {
  const users = new Map<string, Map<string, ExpectedTag>>();
  for (const event of facts) {
    for (const id of userIds(event)) {
      const tags = users.get(id) ?? new Map<string, ExpectedTag>();
      users.set(id, tags);
      for (const [tag, weight] of contributionsOf(event, weightsVersion)) {
        const sum = tags.get(tag) ?? { weight: 0, scale: 0 };
        tags.set(tag, { weight: sum.weight + weight, scale: sum.scale + Math.abs(weight) });
      }
    }
  }
  return users;
}
