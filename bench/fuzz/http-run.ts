import { setTimeout as sleep } from 'node:timers/promises';
import { drawOf } from '../../deploy/traffic/draw';
import { within } from '../../services/shared/runtime/within';
import { type Answer, type Connection, openConnection } from './connection';
import { aRequest, type FuzzRequest } from './request-grammar';

export interface HttpRunOptions {
  readonly port: number;
  readonly writeKey: string;
  readonly seed: number;
  readonly requests: number;
  readonly connections: number;
  /** Requests that a connection sends before it reads the answers. */
  readonly pipelined: number;
  /** Most events of one request. */
  readonly mostEvents: number;
  /** Told how many requests were sent so far, now and then. */
  readonly onProgress?: (sent: number) => void;
}

export interface HttpRun {
  /** Answers by status; `closed` are broken requests whose connection was closed without one, `left`
   *  those whose client went away. */
  readonly answers: Readonly<Record<string, number>>;
  /** Events of the requests that were answered with 200. */
  readonly accepted: number;
  /** Events of requests whose client went away before it could know. */
  readonly unknown: number;
  /** Requests without an answer in time. */
  readonly hangs: number;
  /** Requests that got something else than they must, with the number that makes them again. */
  readonly findings: readonly string[];
}

/** An answer takes no longer; a server that is asked for more hangs. */
const deadlineMs = 20_000;
const mostFindings = 20;

/** Sends seeded requests over keep-alive connections and holds each answer against what it must be. The
 *  request with a number is the same in every run of the seed. */
export async function fuzzHttp(options: HttpRunOptions): Promise<HttpRun> {
  const run: Running = { answers: {}, accepted: 0, unknown: 0, hangs: 0, findings: [], next: 0 };
  const workers = Array.from({ length: options.connections }, () => work(run, options));
  await Promise.all(workers);
  return run;
}

interface Running {
  readonly answers: Record<string, number>;
  readonly findings: string[];
  accepted: number;
  unknown: number;
  hangs: number;
  next: number;
}

/** A request on its way, with its number. */
interface Sent {
  readonly number: number;
  readonly request: FuzzRequest;
  /** Its client goes away without waiting for the answer. */
  readonly leaves: boolean;
}

async function work(run: Running, options: HttpRunOptions): Promise<void> {
  let connection: Connection | null = null;
  while (run.next < options.requests && run.findings.length < mostFindings) {
    const together = nextRequests(run, options);
    if (!connection?.isOpen()) connection = await openConnection(options.port);
    await send(connection, together);
    const last = together.at(-1);
    for (const sent of together) {
      if (sent.leaves) leave(connection, sent, run);
      else note(await within(deadlineMs, connection.answer(), () => 'late'), sent, run);
    }
    if (last?.request.expected.kind === 'broken') connection.destroy();
    if (last?.leaves || last?.request.expected.kind === 'broken') connection = null;
  }
  connection?.destroy();
}

/** Requests that go out together: a broken one, or one whose client leaves, is the last of them. */
function nextRequests(run: Running, options: HttpRunOptions): readonly Sent[] {
  const together: Sent[] = [];
  while (together.length < options.pipelined && run.next < options.requests) {
    const number = run.next;
    run.next += 1;
    if (number % 10_000 === 0) options.onProgress?.(number);
    const draw = drawOf(options.seed, number);
    const request = aRequest(draw, options);
    const leaves = request.expected.kind === 'answer' && draw.chance(0.005);
    together.push({ number, request, leaves });
    if (leaves || request.expected.kind === 'broken') break;
  }
  return together;
}

/** In one piece, but for requests that come in several. */
async function send(connection: Connection, together: readonly Sent[]): Promise<void> {
  let waiting: Buffer[] = [];
  for (const { request } of together) {
    let from = 0;
    for (const cut of request.cuts) {
      connection.send(Buffer.concat([...waiting, request.bytes.subarray(from, cut)]));
      waiting = [];
      from = cut;
      await sleep(1);
    }
    waiting.push(request.bytes.subarray(from));
  }
  connection.send(Buffer.concat(waiting));
}

/** The client is gone before the reply: what it sent may be there or not. */
function leave(connection: Connection, { request: { expected } }: Sent, run: Running): void {
  setImmediate(() => connection.destroy());
  run.answers.left = (run.answers.left ?? 0) + 1;
  if (expected.kind === 'answer') run.unknown += expected.events;
}

function note(
  answer: Answer | null | 'late',
  { request: { expected }, number }: Sent,
  run: Running,
): void {
  const got = answer === null ? 'closed' : answer === 'late' ? 'late' : String(answer.status);
  run.answers[got] = (run.answers[got] ?? 0) + 1;
  if (got === 'late') run.hangs += 1;
  const isRight = expected.kind === 'broken' ? isRefusal(got) : got === String(expected.status);
  if (got === '200' && expected.kind === 'answer') run.accepted += expected.events;
  if (isRight && isWellSaid(answer)) return;
  const wanted = expected.kind === 'broken' ? 'a refusal' : expected.status;
  const said = typeof answer === 'object' ? answer?.body.slice(0, 200) : '';
  run.findings.push(`request ${number}: ${got} instead of ${wanted}: ${said}`);
}

function isRefusal(got: string): boolean {
  return got === 'closed' || got.startsWith('4');
}

/** Success is one word; every other answer with a body names its error. */
function isWellSaid(answer: Answer | null | 'late'): boolean {
  if (answer === null || answer === 'late' || answer.body === '') return answer !== 'late';
  const said = JSON.parse(answer.body) as { success?: boolean; error?: string };
  return answer.status === 200 ? said.success === true : typeof said.error === 'string';
}
