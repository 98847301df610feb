import type { OrderMemory } from '../../../services/cleaner/orders';
import { coordinatesText } from '../../../services/shared/domain/event-row';
import type {
  OrderApplication,
  OrderFinding,
  OrderSubject,
} from '../../../services/shared/domain/order-history';

interface Remembered {
  readonly orders: Map<string, { orders: number; sumMinor: number }>;
  readonly watermarks: Map<string, number>;
  readonly decisions: Map<string, { readonly version: number; readonly state: number }>;
}

/** Histories and findings in memory, for ever. */
export function fakeOrderMemory(): OrderMemory {
  const subjects = new Map<string, Remembered>();
  const findings = new Map<string, string>();
  const placeOf = ({ tenant, source }: Pick<OrderFinding, 'tenant' | 'source'>) =>
    `${tenant}:${coordinatesText(source)}`;
  const rememberedOf = ({ tenant, kind, id }: OrderSubject): Remembered => {
    const key = JSON.stringify([tenant, kind, id]);
    const known = subjects.get(key);
    if (known !== undefined) return known;
    const fresh = { orders: new Map(), watermarks: new Map(), decisions: new Map() };
    subjects.set(key, fresh);
    return fresh;
  };
  return {
    async read(questions) {
      return questions.map((question) => ({
        found: findings.get(placeOf(question)) ?? null,
        histories: question.subjects.map((subject) => {
          const history = rememberedOf(subject).orders.get(question.currency);
          return { subject, ...(history ?? { orders: 0, sumMinor: 0 }) };
        }),
      }));
    },
    async keep(wanted) {
      return wanted.map((finding) => {
        const kept = findings.get(placeOf(finding)) ?? finding.evidence;
        findings.set(placeOf(finding), kept);
        return kept;
      });
    },
    async add(applications) {
      for (const one of applications) {
        const remembered = rememberedOf(one.subject);
        const share = shareOf(one, remembered);
        const history = remembered.orders.get(one.currency) ?? { orders: 0, sumMinor: 0 };
        remembered.orders.set(one.currency, {
          orders: history.orders + share,
          sumMinor: history.sumMinor + share * one.amountMinor,
        });
      }
    },
  };
}

function shareOf(
  { source, decision }: OrderApplication,
  { watermarks, decisions }: Remembered,
): number {
  if (decision === null) {
    const name = `${source.topic}/${source.partition}`;
    if (source.offset <= (watermarks.get(name) ?? -1)) return 0;
    watermarks.set(name, source.offset);
    return 1;
  }
  const { version, target, first } = decision;
  const before = decisions.get(coordinatesText(source));
  if (before !== undefined && version <= before.version) return 0;
  decisions.set(coordinatesText(source), { version, state: target });
  return target - (before?.state ?? first);
}
