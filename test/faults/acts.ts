import type { Installation } from './installation';
import type { StreamRequest } from './stream';

/** What is done to an installation so that a failpoint is passed. */
export interface Acts {
  /** Before anything is sent of what will be. */
  prepare(
    installation: Installation,
    tenant: string,
    requests: readonly StreamRequest[],
  ): Promise<void>;
  /** While it is sent. */
  relieve(installation: Installation, tenant: string): Promise<void>;
  /** After all of it. */
  cleanUp(installation: Installation): Promise<void>;
}

const nothing = async () => {};
export const noActs: Acts = { prepare: nothing, relieve: nothing, cleanUp: nothing };
