import { messageOf, TransientError } from './errors';

/** What the codec and the set-up ask the schema registry. Every answer but "yes" and "not there" is
 *  a TransientError: that the registry cannot say is no word on a record. */
export interface Registry {
  /** The schema text an id stands for; null where the registry does not have it. */
  schemaText(id: number): Promise<string | null>;
  /** The id of this very schema under a subject; null where it is not registered there. */
  idOf(subject: string, schemaText: string): Promise<number | null>;
  /** Registers a schema and answers with its id; the same schema again is the same id. The reason
   *  of a refusal is in the answer. */
  register(subject: string, schemaText: string): Promise<Registered>;
  /** From now on a new version must be able to read what the last one wrote. */
  requireBackward(subject: string): Promise<void>;
}

export type Registered =
  | { readonly ok: true; readonly id: number }
  | { readonly ok: false; readonly why: string };

export interface RegistryOptions {
  /** Base URL of the Confluent API; may carry user:password. */
  readonly registryUrl: string;
  /** For one question; 2 s by default. A hung registry would otherwise hang a partition for good. */
  readonly timeoutMs?: number;
}

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The Confluent registry API over HTTP. */
export function createRegistry(options: RegistryOptions): Registry {
  const ask = questioner(options);
  return {
    async schemaText(id) {
      const { status, body } = await ask('GET', `/schemas/ids/${id}`);
      if (status === 404) return null;
      return expected(body.schema, 'string', 'schema');
    },
    async idOf(subject, schemaText) {
      const path = `/subjects/${encodeURIComponent(subject)}`;
      const { status, body } = await ask('POST', path, { schema: schemaText });
      if (status === 404) return null;
      return expected(body.id, 'number', 'id');
    },
    async register(subject, schemaText) {
      const path = `/subjects/${encodeURIComponent(subject)}/versions`;
      const { status, body } = await ask('POST', path, { schema: schemaText });
      if (status === 409 || status === 422) return { ok: false, why: String(body.message) };
      return { ok: true, id: expected(body.id, 'number', 'id') };
    },
    async requireBackward(subject) {
      const path = `/config/${encodeURIComponent(subject)}`;
      const { body } = await ask('PUT', path, { compatibility: 'BACKWARD' });
      expected(body.compatibilityLevel ?? body.compatibility, 'string', 'compatibility level');
    },
  };
}

type Ask = (method: string, path: string, body?: object) => Promise<Answer>;

/** The statuses that are answers; all others (401, 429, 5xx, a proxy's page) say nothing. */
const answers: ReadonlySet<number> = new Set([200, 404, 409, 422]);

function questioner({ registryUrl, timeoutMs = 2000 }: RegistryOptions): Ask {
  const base = new URL(registryUrl);
  const { username, password } = base;
  base.username = '';
  base.password = '';
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const headers = {
    'content-type': 'application/vnd.schemaregistry.v1+json',
    accept: 'application/vnd.schemaregistry.v1+json, application/json',
    ...(username !== '' && {
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
    }),
  };
  return async (method, path, body) => {
    const address = base.toString().replace(/\/+$/, '') + path;
    try {
      const response = await fetch(address, {
        method,
        headers,
        signal: AbortSignal.timeout(timeoutMs),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!answers.has(response.status)) throw new Error(`status ${response.status} ${text}`);
      return { status: response.status, body: JSON.parse(text) };
    } catch (cause) {
      const why = causeOf(cause).slice(0, 300);
      const message = `the schema registry did not answer ${method} ${address}: ${why}`;
      throw new TransientError(message, { cause, server: 'registry' });
    }
  };
}

function expected(value: unknown, type: 'string', what: string): string;
function expected(value: unknown, type: 'number', what: string): number;
function expected(value: unknown, type: string, what: string): unknown {
  if (typeof value === type) return value;
  throw new TransientError(`the schema registry answered without ${what}`, { server: 'registry' });
}

/** fetch says only "fetch failed"; what failed is its cause. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? messageOf(error) : `${messageOf(error)}: ${messageOf(cause)}`;
}
