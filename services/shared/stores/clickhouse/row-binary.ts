/** Writes values in ClickHouse's RowBinary format into one growing buffer. Integers are JavaScript
 *  numbers, exact up to 2^53. https://clickhouse.com/docs/interfaces/formats/RowBinary */
export class RowBinary {
  private buffer: Buffer;
  private length = 0;

  constructor(expectedBytes: number) {
    this.buffer = Buffer.allocUnsafe(Math.max(expectedBytes, 1024));
  }

  get size(): number {
    return this.length;
  }

  /** A view of what was written between two sizes. */
  written(from: number, to: number): Buffer {
    return this.buffer.subarray(from, to);
  }

  /** Forgets what was written beyond this size. */
  truncate(size: number): void {
    this.length = Math.min(this.length, size);
  }

  text(value: string): void {
    if (value.length === 0) {
      this.uint8(0);
      return;
    }
    this.reserve(value.length * 3 + 5);
    // Where the length surely fits one byte the text is written first and measured by that.
    if (value.length * 3 < 128) {
      const written = this.buffer.write(value, this.length + 1, 'utf8');
      this.buffer[this.length] = written;
      this.length += written + 1;
      return;
    }
    this.varint(Buffer.byteLength(value));
    this.length += this.buffer.write(value, this.length, 'utf8');
  }

  bytes(value: Buffer): void {
    this.varint(value.length);
    this.reserve(value.length);
    this.length += value.copy(this.buffer, this.length);
  }

  uint8(value: number): void {
    this.reserve(1);
    this.buffer[this.length] = value;
    this.length += 1;
  }

  uint16(value: number): void {
    this.reserve(2);
    this.length = this.buffer.writeUInt16LE(value, this.length);
  }

  /** Int64, UInt64 and DateTime64 alike: two's complement, low half first. */
  int64(value: number): void {
    this.reserve(8);
    const high = Math.floor(value / 0x1_0000_0000);
    this.length = this.buffer.writeUInt32LE(value - high * 0x1_0000_0000, this.length);
    this.length = this.buffer.writeInt32LE(high, this.length);
  }

  bigUint64(value: bigint): void {
    this.reserve(8);
    this.length = this.buffer.writeBigUInt64LE(value, this.length);
  }

  float64(value: number): void {
    this.reserve(8);
    this.length = this.buffer.writeDoubleLE(value, this.length);
  }

  nullable<T>(value: T | null, write: (value: T) => void): void {
    this.uint8(value === null ? 1 : 0);
    if (value !== null) write.call(this, value);
  }

  array<T>(values: readonly T[], write: (value: T) => void): void {
    this.varint(values.length);
    for (const value of values) write.call(this, value);
  }

  private varint(value: number): void {
    this.reserve(5);
    let rest = value;
    while (rest >= 0x80) {
      this.buffer[this.length] = (rest & 0x7f) | 0x80;
      this.length += 1;
      rest >>>= 7;
    }
    this.buffer[this.length] = rest;
    this.length += 1;
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + bytes));
    this.buffer.copy(grown, 0, 0, this.length);
    this.buffer = grown;
  }
}
