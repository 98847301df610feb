import { seededRandom } from '../../deploy/replay/random';
import type { ServiceName } from '../../deploy/start/service-plans';
import {
  type FailpointName,
  type FaultKind,
  failpointNames,
  faultKinds,
  specOf,
} from '../../services/shared/runtime/failpoints';

/** One failpoint and one way to fail there. */
export interface FaultCase {
  /** `cleaner.claim:kill`. */
  readonly name: string;
  readonly point: FailpointName;
  readonly kind: FaultKind;
  readonly service: ServiceName;
  /** As the service is told it. */
  readonly spec: string;
  /** Of everything random in the case. */
  readonly seed: number;
  /** Its events are a tenant's of their own. */
  readonly tenant: string;
}

/** Longer than the session and what a rebalance takes: another member has the partitions by then, or
 *  the case fails. */
export const stallMs = 14_000;

/** Points that little passes through: they fail at the first pass. */
const rare: readonly FailpointName[] = [
  'cleaner.note_partition',
  'interests.note_partition',
  'metrics.set_aside',
  'metrics.mend',
  'metrics.publish_dead_letter',
  'cleaner.publish_dead_letter',
  'cleaner.keep_evidence',
  'cleaner.begin_state',
  'cleaner.reclaim',
  'cleaner.reclaim_evidence',
  'cleaner.reclaimed',
  'interests.begin_state',
];

/** Points of what is looked at beside the stream: a kill there holds up no record that waits. */
export const besideStream: readonly FailpointName[] = [
  'metrics.record_ends',
  'metrics.resend',
  'metrics.write_voids',
  'metrics.record_findings',
];

/** Every failpoint in every way, by service; the pass on which it happens is the seed's. */
export function allCases(seed: number): readonly FaultCase[] {
  return failpointNames.flatMap((point, nth) =>
    faultKinds.map((kind, other) => {
      const own = seed * 1000 + nth * faultKinds.length + other;
      const most = mostPasses(point);
      const pass = 1 + Math.floor(seededRandom(own)() * most);
      return {
        name: `${point}:${kind}`,
        point,
        kind,
        service: point.slice(0, point.indexOf('.')) as ServiceName,
        spec: specOf({ point, kind, ms: stallMs, pass }),
        seed: own,
        tenant: `case-${nth}-${other}`,
      };
    }),
  );
}

/** How often it is passed at least, in a case's stream. */
function mostPasses(point: FailpointName): number {
  if ([...rare, ...besideStream].includes(point)) return 1;
  return point.startsWith('metrics.') || point === 'cleaner.remember_orders' ? 2 : 4;
}

/** Those whose name begins with one of the words, or ends with one that begins with a colon; all, where
 *  there is none. */
export function chosen(cases: readonly FaultCase[], only: readonly string[]): readonly FaultCase[] {
  if (only.length === 0) return cases;
  const isMeant = (name: string, word: string) =>
    word.startsWith(':') ? name.endsWith(word) : name.startsWith(word);
  return cases.filter(({ name }) => only.some((word) => isMeant(name, word)));
}
