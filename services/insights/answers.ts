import { type TSchema, Type } from '@sinclair/typebox';

/** Parts that the schemas of several answers share. */
export const text = (description: string) => Type.String({ description });
export const whole = (description: string) => Type.Integer({ description });
export const real = (description: string) => Type.Number({ description });
export const amount = (description: string) =>
  Type.String({ description: `${description}, a decimal amount.` });

export const coordinates = Type.Object(
  {
    topic: Type.String(),
    partition: Type.Integer({ minimum: 0 }),
    offset: Type.Integer({ minimum: 0 }),
  },
  { description: 'Where the source record stands in Kafka.' },
);

/** Type.Union would try each part on every value that is written. */
export function orNull<Schema extends TSchema>(schema: Schema) {
  return Type.Unsafe<Schema['static'] | null>({ ...schema, nullable: true });
}

export const startOfRow = orNull(
  Type.String({
    description: 'Start of the hour or day, ISO 8601 UTC; for a total what was asked from, if any.',
  }),
);

export const rowsOf = <Row extends TSchema>(row: Row) => Type.Object({ rows: Type.Array(row) });

/** Rows that may come from stored windows. */
export const windowRowsOf = <Row extends TSchema>(row: Row) =>
  Type.Object({
    rows: Type.Array(row),
    stale: Type.Boolean({
      description:
        'Whether a stored window in it could not be recomputed and may say something old.',
    }),
  });

const errorSchema = Type.Object({
  error: Type.String(),
  message: Type.String(),
  field: orNull(Type.String({ description: 'The parameter that was wrong.' })),
});

/** The answers of a call: its own, and the errors that any may have. */
export function answersOf<Schema extends TSchema>(ok: Schema, ...others: readonly (404 | 409)[]) {
  const errors = [400, ...others, 503].map((status) => [status, errorSchema] as const);
  return { 200: ok, ...Object.fromEntries(errors) };
}

/** ISO 8601 with milliseconds. */
export function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

export function isoTimeOrNull(timeMs: number | null): string | null {
  return timeMs === null ? null : isoTime(timeMs);
}

/** Nanoseconds since 1970, in decimal, as ISO 8601 with nanoseconds: versions that differ look it. */
export function isoNanoseconds(nanoseconds: string): string {
  const whole = BigInt(nanoseconds);
  const below = (whole % 1_000_000_000n).toString().padStart(9, '0');
  return `${new Date(Number(whole / 1_000_000n)).toISOString().slice(0, 19)}.${below}Z`;
}
