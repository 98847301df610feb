import type { World } from './world';

/** One outage: done while clicks and a stream of orders, duplicates and late events come in. */
export interface OutageRow {
  readonly name: string;
  /** What was done, for the table. */
  readonly done: string;
  /** Short enough for every run of the tests. */
  readonly isQuick: boolean;
  /** Whether tags must not notice it. */
  readonly leavesTags: boolean;
  /** Names of events whose rows ClickHouse is told to refuse. */
  readonly refused?: readonly string[];
  /** Needs servers on small file systems of their own. */
  readonly needsDisks?: boolean;
  /** Breaks and mends; answers with what was seen meanwhile, in words. Throws where something else
   *  was seen than ought to be. */
  run(world: World, lastsMs: number, traffic: Traffic): Promise<string>;
}

/** What comes in besides, for rows that send more of it. */
export interface Traffic {
  readonly tenant: string;
  readonly seed: number;
  /** Message ids that the collector has said it has. */
  sent(messageIds: Iterable<string>): void;
  /** Where a row goes on to put things right: what clicks take from now on is not of the outage. */
  over(): void;
}

export const ordinary = { isQuick: false, leavesTags: false } as const;
