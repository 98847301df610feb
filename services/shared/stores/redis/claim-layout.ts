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

/** The first 8 bytes of SHA-256 over tenant and message id. Among the 10 million ids of a day any
 *  two share one with a probability of 3 in a million (n² / 2^65). */
export function fingerprint({ tenant, messageId }: Pick<Claim, 'tenant' | 'messageId'>): Buffer {
  return hash('sha256', `${tenant}\n${messageId}`, 'buffer').subarray(0, fingerprintBytes);
}

/** RangeError where a number does not fit its place. */
export function encodeClaim(claim: Recorded, topics: ClaimTopics): Buffer {
  const { source, verdict } = claim;
  const code = verdicts.findIndex(
    ({ outcome, reason }) => outcome === verdict.outcome && reason === verdict.reason,
  );
  const bytes = Buffer.allocUnsafe(claimBytes);
  bytes.writeUInt8(code, 0);
  bytes.writeUInt8(nibbles(claim.weightsVersion, topics.indexOf(source.topic)), 1);
  bytes.writeUInt16BE(source.partition, 2);
  bytes.writeUIntBE(source.offset, 4, 5);
  bytes.writeUInt32BE(claim.contentPrint, 9);
  return bytes;
}

/** FatalError for a claim that only later code can have written. */
export function decodeClaim(bytes: Buffer, topics: ClaimTopics): Recorded {
  const verdict = verdicts[bytes.readUInt8(0)];
  const topic = topics[bytes.readUInt8(1) & 0x0f];
  if (verdict === undefined || topic === undefined) throw unknownLayout(bytes);
  const source: Coordinates = {
    topic,
    partition: bytes.readUInt16BE(2),
    offset: bytes.readUIntBE(4, 5),
  };
  const weightsVersion = bytes.readUInt8(1) >> 4;
  return { source, verdict, weightsVersion, contentPrint: bytes.readUInt32BE(9) };
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
