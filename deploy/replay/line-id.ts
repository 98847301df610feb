import { hash } from 'node:crypto';

/** A message id made from a line: 128 bits of its SHA-256, in hex. */
export function lineId(line: string): string {
  return hash('sha256', line, 'hex').slice(0, 32);
}
