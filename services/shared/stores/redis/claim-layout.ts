import { hash } from 'node:crypto';
import type { Coordinates } from '../../domain/event';
import { verdicts } from '../../domain/outcome';
import type { Claim, Recorded } from '../../domain/settle';
import { FatalError } from '../../runtime/errors';

/** How a claim stands in Redis: 13 bytes behind a fingerprint of 8, so that small hashes of them
 *  stay in Redis' compact form at about 27 bytes an id.
 *
 *  | bytes | |
 *  |---|---|
 *  | 0 | number of the verdict |
 *  | 1 | weights version (high 4 bits), number of the topic (low 4 bits) |
 *  | 2-3 | partition |
 *  | 4-8 | offset, up to 2^40 |
 *  | 9-12 | first 32 bits of the content hash |
 */
export const fingerprintBytes = 8;
export const claimBytes = 13;

/** Topics by their number in a claim. Append only, 16 at most. */
export type ClaimTopics = readonly string[];

/** The first 8 bytes of SHA-256 over tenant and message id, one character a byte. Among the 10
 *  million ids of a day any two share one with a probability of 3 in a million (n² / 2^65). */
export function fingerprint({ tenant, messageId }: Pick<Claim, 'tenant' | 'messageId'>): string {
  return hash('sha256', `${tenant}\n${messageId}`, 'binary').slice(0, fingerprintBytes);
}

/** Writes a claim at a place of a buffer. RangeError where a number does not fit. */
export function writeClaim(claim: Recorded, topics: ClaimTopics, into: Buffer, at: number): void {
  const { source, verdict } = claim;
  const code = verdicts.findIndex(
    ({ outcome, reason }) => outcome === verdict.outcome && reason === verdict.reason,
  );
  into.writeUInt8(code, at);
  into.writeUInt8(nibbles(claim.weightsVersion, topics.indexOf(source.topic)), at + 1);
  into.writeUInt16BE(source.partition, at + 2);
  into.writeUIntBE(source.offset, at + 4, 5);
  into.writeUInt32BE(claim.contentPrint, at + 9);
}

/** The claim at a place of a buffer. FatalError for one that only later code can have written. */
export function readClaim(from: Buffer, at: number, topics: ClaimTopics): Recorded {
  const verdict = verdicts[from.readUInt8(at)];
  const second = from.readUInt8(at + 1);
  const topic = topics[second & 0x0f];
  if (verdict === undefined || topic === undefined) {
    throw unknownLayout(from.subarray(at, at + claimBytes));
  }
  const source: Coordinates = {
    topic,
    partition: from.readUInt16BE(at + 2),
    offset: from.readUIntBE(at + 4, 5),
  };
  const contentPrint = from.readUInt32BE(at + 9);
  return { source, verdict, weightsVersion: second >> 4, contentPrint };
}

function nibbles(high: number, low: number): number {
  if (high < 0 || high > 15 || low < 0 || low > 15) {
    throw new RangeError(`no room in a claim for weights version ${high}, topic number ${low}`);
  }
  return (high << 4) | low;
}

function unknownLayout(bytes: Buffer): FatalError {
  return new FatalError(
    `a claim in Redis (${bytes.toString('hex')}) has a verdict or a topic this version does not ` +
      'know: run the version of the cleaner that wrote it, or a later one',
  );
}
