import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import type { Delivery } from './deliveries';

/** One line of the label file. */
export interface Label {
  readonly messageId: string;
  readonly is: string;
  /** ISO 8601 UTC: when it happened, whatever the device's clock said. */
  readonly trueAt: string;
  readonly anonymousId: string;
  /** How far the device's clock was ahead; missing where it was right. */
  readonly clockErrorMs?: number;
  /** Missing for the first attempt; with more of them it may have arrived more than once. */
  readonly attempts?: number;
}

/** What an acknowledged request truly held, one label a message. */
export function labelsOf({ messages, clockErrorMs }: Delivery, attempts: number): readonly Label[] {
  return messages.map(({ message, is, trueAt }) => ({
    messageId: message.messageId,
    is,
    trueAt: new Date(trueAt).toISOString(),
    anonymousId: message.anonymousId,
    ...(clockErrorMs === 0 ? {} : { clockErrorMs }),
    ...(attempts === 1 ? {} : { attempts }),
  }));
}

const bufferBytes = 32_768;

/** Labels as JSON lines, apart from the events. Of more than half of `maxBytes` the older part goes
 *  to FILE.1, in place of what was there: the two together never hold more than `maxBytes`. */
export class LabelFile {
  private file: number;
  private bytes: number;
  private waiting: string[] = [];
  private waitingBytes = 0;

  constructor(
    private readonly path: string,
    private readonly maxBytes: number,
  ) {
    this.file = openSync(path, 'a');
    this.bytes = fstatSync(this.file).size;
  }

  write(labels: readonly Label[]): void {
    for (const label of labels) {
      const line = `${JSON.stringify(label)}\n`;
      this.waiting.push(line);
      this.waitingBytes += Buffer.byteLength(line);
    }
    if (this.waitingBytes >= Math.min(bufferBytes, this.maxBytes / 4)) this.flush();
  }

  flush(): void {
    if (this.waiting.length === 0) return;
    if (this.bytes > 0 && this.bytes + this.waitingBytes > this.maxBytes / 2) this.turnOver();
    writeSync(this.file, this.waiting.join(''));
    this.bytes += this.waitingBytes;
    this.waiting = [];
    this.waitingBytes = 0;
  }

  close(): void {
    this.flush();
    closeSync(this.file);
  }

  private turnOver(): void {
    closeSync(this.file);
    renameSync(this.path, `${this.path}.1`);
    this.file = openSync(this.path, 'a');
    this.bytes = 0;
  }
}
