import {
  type Finding,
  type FoundRows,
  nameOf,
  type OffsetRange,
  type PartitionName,
  type PartitionSpan,
} from '../../../services/shared/domain/ledger';

interface Place extends PartitionName {
  readonly offset: number;
}

/** The coordinates of a table's rows, in memory. */
export function tableOf(rows: readonly Place[], firsts: readonly PartitionSpan[] = []) {
  const voids: number[] = [];
  let findings: readonly Finding[] = [];
  const writes: (readonly Finding[])[] = [];
  const keyOf = (one: Finding) => `${one.kind} ${nameOf(one)}`;
  const offsetsOf = (at: PartitionName) =>
    [...new Set(rows.filter((row) => nameOf(row) === nameOf(at)).map(({ offset }) => offset))].sort(
      (a, b) => a - b,
    );
  return {
    voids,
    writes,
    spans: async () => firsts,
    async rowsAgainst(spans: readonly PartitionSpan[]): Promise<readonly FoundRows[]> {
      const places = [...new Map(rows.map((row) => [nameOf(row), row])).values()];
      return places.map(({ topic, partition }) => {
        const at = { topic, partition };
        const span = spans.find((one) => nameOf(one) === nameOf(at));
        const [first, end] = [span?.firstOffset ?? 0, span?.logEnd ?? 0];
        const all = offsetsOf(at);
        const within = all.filter((offset) => offset >= first && offset < end);
        const beyond = all.filter((offset) => offset >= end);
        return {
          ...{ ...at, isKnown: span !== undefined, offsets: within.length, voids: 0 },
          ...{ lastOffset: within.at(-1) ?? null, ahead: beyond.length, offsetsAhead: beyond },
          before: all.length - within.length - beyond.length,
          lowest: all[0] ?? 0,
          highest: all.at(-1) ?? 0,
        };
      });
    },
    async missing({ topic, partition, from, to }: OffsetRange, most: number) {
      const bounds = [from - 1, ...offsetsOf({ topic, partition }), to].filter(
        (offset) => offset >= from - 1 && offset <= to,
      );
      return bounds
        .flatMap((bound, nth) => {
          const end = bounds[nth + 1] ?? bound;
          return end > bound + 1 ? [{ topic, partition, from: bound + 1, to: end }] : [];
        })
        .slice(0, most);
    },
    async writeVoids(ranges: readonly OffsetRange[]) {
      for (const { from, to } of ranges) {
        for (let offset = from; offset < to; offset += 1) voids.push(offset);
      }
    },
    shared: async (): Promise<readonly Finding[]> => [],
    findings: async () => findings.filter(({ records }) => records > 0),
    async recordFindings(found: readonly Finding[]) {
      writes.push(found);
      const kept = findings.filter((one) => !found.some((other) => keyOf(other) === keyOf(one)));
      findings = [...kept, ...found];
    },
  };
}
