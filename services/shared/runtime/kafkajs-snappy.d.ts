/** The package has no types of its own. */
declare module 'kafkajs-snappy' {
  interface SnappyCodec {
    compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
    decompress(buffer: Buffer): Promise<Buffer>;
  }
  function createSnappyCodec(): SnappyCodec;
  export = createSnappyCodec;
}
