/** One line of a table of bad input. */
export interface Line {
  readonly group: string;
  readonly what: string;
  /** Everything that is written to the connection. */
  readonly bytes: Buffer | string;
  /** What it gets: the status of each answer, with its error where it is none of 200, `closed` where
   *  the connection is closed upon it; then outcome and reason of each record that it made. */
  readonly got: string;
  /** What the first record's event is then, besides. */
  readonly event?: object;
  /** Answers to HEAD have a length and no body. */
  readonly withoutBodies?: boolean;
}

/** Write keys of the tenants of a front door; nobody has the last one any more. */
export const keys = { demo: 'demo-key', other: 'other-key', revoked: 'old-key' } as const;

/** The header of a write key. */
export function basic(key: string): string {
  return `Authorization: Basic ${Buffer.from(`${key}:`).toString('base64')}`;
}

/** A request put together by hand: nothing about it is made right. */
export function rawRequest(
  start: string,
  headers: readonly string[],
  body: Buffer | string = '',
): Buffer {
  const head = `${[start, ...headers].join('\r\n')}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)]);
}

/** A request whose only fault is its content; everything has a default. */
export interface Sent {
  readonly path?: string;
  readonly body?: Buffer | string;
  /** Whole lines. */
  readonly headers?: readonly string[];
  /** Null: none at all. */
  readonly key?: string | null;
}

export function post({ path = '/v1/track', body = '', headers = [], key }: Sent = {}): Buffer {
  const authorization = key === null ? [] : [basic(key ?? keys.demo)];
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  return rawRequest(
    `POST ${path} HTTP/1.1`,
    ['Host: h', ...authorization, ...headers, length],
    body,
  );
}

/** A sound product view of a user, with whatever is to be changed about it. */
export function aView(part: object = {}): Record<string, unknown> {
  return { type: 'track', event: 'Product Viewed', anonymousId: 'ann', ...part };
}

/** Messages as one request. */
export function batchOf(...batch: readonly unknown[]): Buffer {
  return post({ path: '/v1/batch', body: JSON.stringify({ batch }) });
}

type Written = readonly [
  what: string,
  sent: Buffer | string | Sent,
  got: string,
  event?: object | undefined,
];

/** Lines of one group. */
export function group(name: string, lines: readonly Written[]): readonly Line[] {
  return lines.map(([what, sent, got, event]) => ({
    ...{ group: name, what, bytes: bytesOf(sent), got },
    ...(event !== undefined && { event }),
  }));
}

type Change = readonly [what: string, part: object, got: string, event?: object];

/** What is changed about a sound event, the verdict on its record, and what the event is then. */
export function events(name: string, changes: readonly Change[]): readonly Line[] {
  return group(
    name,
    changes.map(([what, part, got, event]) => [what, batchOf(aView(part)), `200 ${got}`, event]),
  );
}

function bytesOf(sent: Buffer | string | Sent): Buffer | string {
  return Buffer.isBuffer(sent) || typeof sent === 'string' ? sent : post(sent);
}
