import type { Readable } from 'node:stream';

/** A request's body as it was sent, or why it was not read to its end. */
export type Received =
  | { readonly ok: true; readonly body: Buffer }
  | { readonly ok: false; readonly why: 'too_large' | 'no_room' | 'cut_short' };

export interface ReceiveOptions {
  readonly maxBytes: number;
  /** Told how many bytes have come; false where there is no room for them. */
  readonly growTo: (bytes: number) => boolean;
}

/** Collects a body as far as it may go. What a refused client still sends is read and thrown away:
 *  one whose connection breaks while it sends does not look at the answer. */
export function receiveBody(
  stream: Readable,
  { maxBytes, growTo }: ReceiveOptions,
): Promise<Received> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const take = (piece: Buffer): void => {
      bytes += piece.length;
      if (bytes > maxBytes) refuse('too_large');
      else if (!growTo(bytes)) refuse('no_room');
      else pieces.push(piece);
    };
    const refuse = (why: 'too_large' | 'no_room'): void => {
      stream.off('data', take);
      stream.resume();
      pieces.length = 0;
      resolve({ ok: false, why });
    };
    stream.on('data', take);
    stream.once('end', () => resolve({ ok: true, body: Buffer.concat(pieces, bytes) }));
    stream.once('error', () => resolve({ ok: false, why: 'cut_short' }));
  });
}
