import { open } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';

/** What has been read so far of how much, in bytes of the file as it lies on disk. */
export interface ReadProgress {
  readonly read: number;
  readonly total: number;
}

export interface LineFile {
  /** The lines in groups of one piece of the file (about 256 KB); empty lines are left out. */
  readonly lines: AsyncIterable<readonly string[]>;
  readonly progress: ReadProgress;
}

/** Opens a text file, gunzipped where its name ends in .gz. Rejects where it cannot be opened. */
export async function openLines(path: string): Promise<LineFile> {
  const handle = await open(path).catch(() => {
    throw new Error(`cannot open ${path}: does it exist, and may you read it?`);
  });
  const total = (await handle.stat()).size;
  const file = handle.createReadStream({ highWaterMark: 256 * 1024 });
  return {
    lines: splitLines(path.endsWith('.gz') ? unzipped(file) : file),
    progress: {
      total,
      get read() {
        return file.bytesRead;
      },
    },
  };
}

function unzipped(file: Readable): Readable {
  // Whoever reads the last stream gets every error; pipeline only has to be told that someone does.
  return pipeline(file, createGunzip({ chunkSize: 256 * 1024 }), () => {});
}

async function* splitLines(bytes: Readable): AsyncGenerator<readonly string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const piece of bytes) {
    const lines = (rest + decoder.write(piece as Buffer)).split('\n');
    rest = lines.pop() ?? '';
    yield lines.map(withoutReturn).filter(isNotEmpty);
  }
  yield [withoutReturn(rest + decoder.end())].filter(isNotEmpty);
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

function isNotEmpty(line: string): boolean {
  return line !== '';
}
