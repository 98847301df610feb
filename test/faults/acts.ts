import type { Installation } from './installation';

/** What is done to an installation so that a failpoint is passed. */
export interface Acts {
  /** Before anything is sent. */
  prepare(installation: Installation, tenant: string): Promise<void>;
  /** While it is sent. */
  relieve(installation: Installation, tenant: string): Promise<void>;
  /** After all of it. */
  cleanUp(installation: Installation): Promise<void>;
}

const nothing = async () => {};
export const noActs: Acts = { prepare: nothing, relieve: nothing, cleanUp: nothing };
