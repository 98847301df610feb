import { decompress as zstdDecompress } from 'fzstd';
import { CompressionCodecs, CompressionTypes } from 'kafkajs';

import createSnappyCodec = require('kafkajs-snappy');

import { compressFrame, decompressFrame } from 'lz4-napi';

/** What kafkajs asks a codec to compress: the encoder of a record batch. */
interface Encoder {
  readonly buffer: Buffer;
}

/** Lets kafkajs read batches that other producers compressed with Snappy, LZ4 or Zstandard; without
 *  this one such batch ends the consumer. Registering again changes nothing. */
export function registerCompression(): void {
  CompressionCodecs[CompressionTypes.Snappy] = createSnappyCodec;
  CompressionCodecs[CompressionTypes.LZ4] = () => ({
    compress: (encoder: Encoder) => compressFrame(encoder.buffer),
    decompress: (buffer: Buffer) => decompressFrame(buffer),
  });
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: () => Promise.reject(new Error('Zstandard is only read here: write LZ4 or Snappy')),
    decompress: async (buffer: Buffer) => Buffer.from(zstdDecompress(buffer)),
  });
}
