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
  /** Breaks and mends; answers with what was seen meanwhile, in words. Throws where something else
   *  was seen than ought to be. */
  run(world: World, lastsMs: number): Promise<string>;
}
