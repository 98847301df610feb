import { happeningsOf } from '../../deploy/traffic/crowd';
import type { SegmentMessage } from '../../deploy/traffic/wording';

/** Whole HTTP requests, ready to be written, each with message ids and a `sentAt` of its own. */
export interface Requests {
  next(now: number): Buffer;
  readonly eventsEach: number;
}

export interface RequestsOptions {
  readonly host: string;
  readonly writeKey: string;
  readonly eventsEach: number;
  /** Begins the message ids: two runs send different messages. */
  readonly run: string;
}

/** Messages that are prepared; they are sent round and round, under new ids. */
const prepared = 4_000;
const seed = 20_260_401;

/** What visitors of the traffic simulator say, a thousand of them and more. The text of a request is
 *  made once; only ids and time are written into a copy of it, which takes a few microseconds. */
export function createRequests(options: RequestsOptions): Requests {
  const { eventsEach } = options;
  const messages = someMessages();
  const templates: Template[] = [];
  for (let at = 0; at + eventsEach <= messages.length; at += eventsEach) {
    templates.push(templateOf(messages.slice(at, at + eventsEach), options));
  }
  if (templates.length === 0) throw new Error(`a request has at most ${messages.length} events`);
  let sent = 0;
  let nextId = 0;
  return {
    eventsEach,
    next(now) {
      const template = templates[sent % templates.length] as Template;
      sent += 1;
      const request = Buffer.from(template.bytes);
      request.write(new Date(now).toISOString(), template.sentAt, 'latin1');
      for (const place of template.ids) {
        request.write(nextId.toString(36).padStart(idDigits, '0'), place, 'latin1');
        nextId += 1;
      }
      return request;
    },
  };
}

interface Template {
  readonly bytes: Buffer;
  /** Where the digits of each message id begin. */
  readonly ids: readonly number[];
  readonly sentAt: number;
}

const idDigits = 10;
const idMark = '#'.repeat(idDigits);
const timeMark = '@'.repeat('2026-01-01T00:00:00.000Z'.length);

function someMessages(): readonly SegmentMessage[] {
  const plan = { seed, startAt: Date.now(), run: 'bench', eventsPerSecond: 400, pace: 10 };
  const offlineHours = { least: 1, most: 6 };
  const messages: SegmentMessage[] = [];
  for (const happening of happeningsOf({ ...plan, followed: 'bench-visitor', offlineHours })) {
    messages.push(...happening.messages.map(({ message }) => message));
    if (messages.length >= prepared) return messages.slice(0, prepared);
  }
  throw new Error('the simulator ended');
}

function templateOf(
  messages: readonly SegmentMessage[],
  { host, writeKey, run }: RequestsOptions,
): Template {
  const batch = messages.map((message) => ({ ...message, messageId: `${run}-${idMark}` }));
  const body = Buffer.from(JSON.stringify({ batch, sentAt: timeMark }));
  const head = [
    'POST /v1/batch HTTP/1.1',
    `host: ${host}`,
    'content-type: application/json',
    `authorization: Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`,
    `content-length: ${body.length}`,
  ];
  const bytes = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
  const ids: number[] = [];
  for (let at = bytes.indexOf(idMark); at >= 0; at = bytes.indexOf(idMark, at + 1)) ids.push(at);
  return { bytes, ids, sentAt: bytes.indexOf(timeMark) };
}
