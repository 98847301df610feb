/** What a request must get. */
export type Expected =
  /** This status; and as many records as it has events, where the status is 200. */
  | { readonly kind: 'answer'; readonly status: number; readonly events: number }
  /** It is no request: refused or closed upon. */
  | { readonly kind: 'broken' };

export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | null;
  /** The one key that somebody has. */
  readonly writeKey: string;
  /** Of the body as it was sent. */
  readonly sentBytes: number;
  /** The body as it was before it was compressed; null where it cannot be inflated. */
  readonly text: Buffer | null;
}

const mostBytes = 512_000;
const mostEvents = 2500;
const single = /^\/v1\/(track|page|screen|identify|alias|group|t|p|s|i|a|g)$/;
const several = /^\/v1\/(batch|b|import)$/;

/** The rules that the tracking API is documented by, put once more and in no more words than it takes:
 *  what the collector answers is held against them. */
export function expectedOf(sent: SentRequest): Expected {
  const { method, path, text } = sent;
  if (method === 'OPTIONS' && path.startsWith('/v1/')) return answer(204);
  const isBatch = several.test(path);
  if (method !== 'POST' || !(isBatch || single.test(path))) return answer(404);
  if (text === null || sent.sentBytes > mostBytes || text.length > mostBytes) return answer(400);
  const body = parsed(text);
  if (!isObject(body)) return answer(400);
  const messages = isBatch ? body.batch : [body];
  if (!Array.isArray(messages) || messages.length > mostEvents) return answer(400);
  const shared = basicKey(sent.authorization) ?? textOf(body.writeKey);
  const keys = shared === null ? messages.map((message) => ownKey(message)) : [shared];
  const areKnown = keys.length > 0 && keys.every((key) => key === sent.writeKey);
  return areKnown ? answer(200, messages.length) : answer(400);
}

function answer(status: number, events = 0): Expected {
  return { kind: 'answer', status, events };
}

function parsed(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8').replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ownKey(message: unknown): string | null {
  return isObject(message) ? textOf(message.writeKey) : null;
}

function textOf(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

function basicKey(authorization: string | null): string | null {
  const base64 = /^basic\s+(\S+)\s*$/i.exec(authorization ?? '')?.[1] ?? '';
  return Buffer.from(base64, 'base64').toString('utf8').split(':')[0] || null;
}
