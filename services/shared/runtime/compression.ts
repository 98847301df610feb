/** Registers codecs once a process. */
export function registerCompression(): void {
  throw new Error('being written');
}
