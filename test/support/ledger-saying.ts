import { ask } from '../../deploy/summary/api';
import type { Ledger } from '../../services/shared/domain/ledger';
import { eventually } from './eventually';

/** The ledger as the API at this address tells it, once it is as wanted; within the minute that is
 *  promised. */
export async function ledgerSaying(
  insights: string,
  what: string,
  isSo: (ledger: Ledger) => boolean,
): Promise<Ledger> {
  let last: Ledger | null = null;
  const look = async () => {
    last = await ask<Ledger>(insights, '/v1/ledger');
    return isSo(last) ? last : null;
  };
  const deadline = { deadlineMs: 60_000, message: what };
  return eventually(look, deadline).catch((error: Error) => {
    throw new Error(`${error.message}: ${JSON.stringify(last)}`);
  });
}
