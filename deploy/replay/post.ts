import { Agent, type OutgoingHttpHeaders, request } from 'node:http';

export interface HttpAnswer {
  /** HTTP status; 0 where the request got no answer. */
  readonly status: number;
  /** The beginning of the answer, or why there is none. */
  readonly text: string;
  /** What the Retry-After header asks for. */
  readonly retryAfterMs: number | null;
}

/** Posts one JSON body, with further headers where a client has some; resolves whatever happens. */
export type Post = (body: Buffer, more?: OutgoingHttpHeaders) => Promise<HttpAnswer>;

export interface PostOptions {
  /** Address of the call, http only: the replay talks to a collector of its own network. */
  readonly url: string;
  readonly writeKey: string;
  readonly timeoutMs: number;
  readonly maxSockets: number;
}

/** Posts over kept-alive connections with the write key as Basic user. */
export function createPost({ url, writeKey, timeoutMs, maxSockets }: PostOptions): Post {
  const agent = new Agent({ keepAlive: true, maxSockets });
  const authorization = `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`;
  const common = { 'content-type': 'application/json', authorization };
  return (body, more) =>
    new Promise((resolve) => {
      const headers = { ...common, ...more, 'content-length': body.length };
      const failed = (error: Error) =>
        resolve({ status: 0, text: causeOf(error), retryAfterMs: null });
      const call = request(url, { method: 'POST', agent, headers, timeout: timeoutMs });
      call.on('timeout', () => call.destroy(new Error(`no answer within ${timeoutMs} ms`)));
      call.on('error', failed);
      call.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => {
          if (text.length < maxText) text += piece;
        });
        response.on('error', failed);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            text: text.slice(0, maxText),
            retryAfterMs: retryAfterMs(response.headers['retry-after']),
          }),
        );
      });
      call.end(body);
    });
}

const maxText = 300;

function causeOf(error: Error): string {
  return error.message || (error as NodeJS.ErrnoException).code || 'connection failed';
}

function retryAfterMs(header: string | undefined): number | null {
  const seconds = Number(header);
  return header !== undefined && Number.isFinite(seconds) ? seconds * 1000 : null;
}
