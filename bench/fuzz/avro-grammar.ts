import type { Draw } from '../../deploy/traffic/draw';

/** As much of a schema as is walked here. */
export type Schema = string | readonly Schema[] | SchemaObject;
interface SchemaObject {
  readonly type: Schema;
  readonly name?: string;
  readonly fields?: readonly { readonly name: string; readonly type: Schema }[];
  readonly items?: Schema;
}

/** Texts for the fields that decide what a record is; every other text is anything. */
export type Texts = (field: string) => string;

/** The body of an Avro value of a schema, written by the rules of the encoding but for a few places: a
 *  union that has no such branch, a count or a length that is a lie, bytes that are no UTF-8. */
export function hostileAvro(draw: Draw, schema: Schema, texts: Texts): Buffer {
  const out = new AvroBytes();
  write({ draw, out, texts, named: new Map(), lies: draw.chance(0.5) ? 0.02 : 0 }, schema, '');
  return out.bytes();
}

interface Writing {
  readonly draw: Draw;
  readonly out: AvroBytes;
  readonly texts: Texts;
  readonly named: Map<string, SchemaObject>;
  /** How often something is written that is not so. */
  readonly lies: number;
}

function write(writing: Writing, schema: Schema, field: string): void {
  if (Array.isArray(schema)) union(writing, schema, field);
  else if (typeof schema !== 'string') complex(writing, schema as SchemaObject, field);
  else {
    const known = writing.named.get(schema);
    if (known === undefined) primitive(writing, schema, field);
    else complex(writing, known, field);
  }
}

function complex(writing: Writing, schema: SchemaObject, field: string): void {
  const { draw, out, named } = writing;
  if (schema.type === 'record') {
    if (schema.name !== undefined) named.set(schema.name, schema);
    for (const { name, type } of schema.fields ?? []) write(writing, type, name);
    return;
  }
  if (schema.type !== 'array') {
    write(writing, schema.type, field);
    return;
  }
  const count = draw.chance(0.7) ? 0 : draw.whole(1, 4);
  if (count > 0) {
    const negative = draw.chance(0.2);
    out.long(lie(writing) ?? (negative ? -count : count));
    if (negative) out.long(lie(writing) ?? 100);
    for (let left = count; left > 0; left -= 1) write(writing, schema.items ?? 'null', field);
  }
  out.long(lie(writing) ?? 0);
}

function union(writing: Writing, branches: readonly Schema[], field: string): void {
  const { draw, out } = writing;
  const index = draw.chance(0.5) ? 0 : draw.whole(0, branches.length - 1);
  out.long(lie(writing) ?? index);
  write(writing, branches[index] ?? 'null', field);
}

function primitive(writing: Writing, type: string, field: string): void {
  const { draw, out, texts } = writing;
  switch (type) {
    case 'boolean':
      out.byte(draw.chance(writing.lies) ? draw.whole(2, 255) : draw.whole(0, 1));
      break;
    case 'int':
    case 'long':
      out.long(lie(writing) ?? draw.pick(longs));
      break;
    case 'double':
      out.double(draw.pick(doubles));
      break;
    case 'string':
    case 'bytes':
      text(writing, texts(field));
      break;
    default:
  }
}

function text({ draw, out, lies }: Writing, sound: string): void {
  const bytes = draw.chance(lies)
    ? Buffer.from([0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80])
    : Buffer.from(sound);
  out.long(draw.chance(lies) ? draw.pick(lengths) : bytes.length);
  out.raw(bytes);
}

function lie({ draw, lies }: Writing): number | bigint | null {
  return draw.chance(lies) ? draw.pick(lengths) : null;
}

const lengths = [
  ...[-1, -2, -100, 1, 2, 7, 100, 5000, 1_000_000, 16_777_216, 2 ** 31 - 1, 2 ** 31, -(2 ** 31)],
  ...[2 ** 40, 2n ** 53n, 2n ** 62n, -(2n ** 62n), 2n ** 63n - 1n],
];
const longs = [
  ...[
    0, 1, -1, 50, 1000, 1_700_000_000_000, 1_768_478_400_000, 4_102_444_800_000, 10_413_792_000_000,
  ],
  ...[-62_135_596_800_000, 2 ** 31, 2 ** 52, -(2 ** 52), 100_000_000_000_000, 100_000_000_000_001],
  ...[2n ** 53n - 1n, 2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)],
];
const doubles = [0, -0, 1, -1, 1.5, 1e308, -1e308, 5e-324, Number.NaN, Infinity, -Infinity];

/** Bytes in Avro's binary encoding. */
class AvroBytes {
  private readonly pieces: number[] = [];

  bytes(): Buffer {
    return Buffer.from(this.pieces);
  }

  byte(value: number): void {
    this.pieces.push(value & 0xff);
  }

  raw(bytes: Buffer): void {
    for (const byte of bytes) this.pieces.push(byte);
  }

  /** Zigzag, seven bits a byte, low ones first. */
  long(value: number | bigint): void {
    let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
    for (; rest >= 0x80n; rest >>= 7n) this.byte(Number(rest & 0x7fn) | 0x80);
    this.byte(Number(rest));
  }

  double(value: number): void {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    this.raw(bytes);
  }
}
