const seed = 0x9747b28c;
const mix = 0x5bd1e995;
const shift = 24;

/** Murmur2 (Austin Appleby) with the seed of org.apache.kafka.common.utils.Utils.murmur2: a signed
 *  32-bit integer. */
export function murmur2(data: Buffer): number {
  let hash = seed ^ data.length;
  const whole = data.length - (data.length % 4);
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(data.readInt32LE(at), mix);
    word = Math.imul(word ^ (word >>> shift), mix);
    hash = Math.imul(hash, mix) ^ word;
  }
  if (whole < data.length) hash = Math.imul(hash ^ tail(data, whole), mix);
  hash = Math.imul(hash ^ (hash >>> 13), mix);
  return hash ^ (hash >>> 15);
}

/** The last one to three bytes, little endian. */
function tail(data: Buffer, from: number): number {
  return data.readUIntLE(from, data.length - from);
}
