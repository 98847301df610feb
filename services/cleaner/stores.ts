import type { SettingsOf } from '../shared/runtime/config';
import type { Log } from '../shared/runtime/log';
import { rawKeys, type Topics } from '../shared/runtime/topics';
import type { cleanerSettings } from './config';

type Settings = SettingsOf<typeof cleanerSettings>;
type Reporter = Pick<Log, 'error'>;

/** What the claims are told: wherever they are asked, the same. */
export function claimOptions(
  { claimWindowMs: windowMs, claimBucketsPerDay: bucketsPerDay }: Settings,
  { topics, log }: { readonly topics: Topics; readonly log: Reporter },
) {
  const onSetAside = (key: string) =>
    log.error({ key }, 'set aside: no claims stood in a key of claims');
  return { topics: rawKeys.map((key) => topics[key]), windowMs, bucketsPerDay, onSetAside };
}

/** What the memory of orders is told. */
export function orderOptions(
  { claimWindowMs: findingTtlMs, orderHistoryTtlMs: historyTtlMs }: Settings,
  { log }: { readonly log: Reporter },
) {
  const onSetAside = (key: string) =>
    log.error({ key }, 'set aside: no orders stood in a key of orders');
  return { findingTtlMs, historyTtlMs, onSetAside };
}
