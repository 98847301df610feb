/** Messages that go out as one request. */
export interface Batch {
  /** The request's body: {"batch": [...]}. */
  readonly body: Buffer;
  readonly events: number;
}

export interface BatchBounds {
  readonly maxEvents: number;
  /** Bytes of the body. One message larger than this goes alone: the collector has to judge it. */
  readonly maxBytes: number;
}

const envelope = '{"batch":[]}'.length;

/** Collects JSON texts into request bodies. */
export class Batcher {
  private messages: string[] = [];
  private bytes = envelope;

  constructor(private readonly bounds: BatchBounds) {}

  /** Adds a message; gives back the batch that is full, which may or may not hold it. */
  add(message: string): Batch | null {
    const bytes = Buffer.byteLength(message) + 1;
    const full = this.bytes + bytes > this.bounds.maxBytes && this.messages.length > 0;
    const finished = full ? this.take() : null;
    this.messages.push(message);
    this.bytes += bytes;
    if (finished !== null) return finished;
    return this.messages.length >= this.bounds.maxEvents ? this.take() : null;
  }

  /** The messages that wait for more; null where there are none. */
  take(): Batch | null {
    if (this.messages.length === 0) return null;
    const batch = {
      body: Buffer.from(`{"batch":[${this.messages.join(',')}]}`),
      events: this.messages.length,
    };
    this.messages = [];
    this.bytes = envelope;
    return batch;
  }
}
