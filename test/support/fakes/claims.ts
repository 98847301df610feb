import type { Claim, Recorded } from '../../../services/shared/domain/settle';

/** Claims in memory: every id for ever, whatever its client day. */
export function fakeClaims() {
  const held = new Map<string, Recorded>();
  return {
    async claim(wanted: readonly Claim[]): Promise<readonly Recorded[]> {
      return wanted.map(({ tenant, messageId, clientAt: _, ...claim }) => {
        const id = `${tenant}\n${messageId}`;
        const recorded = held.get(id) ?? claim;
        held.set(id, recorded);
        return recorded;
      });
    },
  };
}
