import { type TaggedEvent, tagsOf } from './interest';

/** What is shown of an event behind a tag, and the version of its weights. */
export interface EventOfTag {
  readonly messageId: string;
  readonly name: string;
  readonly eventAt: number;
  readonly weightsVersion: number;
}

/** The first `most` events behind each tag, in the order given. */
export function eventsByTag<Event extends TaggedEvent & EventOfTag>(
  events: readonly Event[],
  most: number,
): ReadonlyMap<string, readonly Event[]> {
  const behind = new Map<string, Event[]>();
  for (const event of events) {
    for (const [tag] of tagsOf(event, event.weightsVersion)) {
      const known = behind.get(tag) ?? [];
      if (known.length < most) known.push(event);
      behind.set(tag, known);
    }
  }
  return behind;
}
