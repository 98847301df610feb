import { type Answer, openConnection } from '../../../bench/fuzz/connection';
import type { JudgedEvent } from '../../../services/shared/domain/outcome';
import { within } from '../../../services/shared/runtime/within';
import { aView, type Line, post } from './lines';
import { type Ends, type Pipeline, tally } from './pipeline';

/** What became of a line, and of the sound request that followed it. */
export interface Played {
  readonly got: string;
  /** The words of the answer, and of the verdicts. */
  readonly said: string;
  readonly judged: readonly JudgedEvent[];
  readonly neighbour: string;
}

interface Heard {
  readonly statuses: readonly string[];
  readonly said: readonly string[];
  readonly neighbour: Answer | null;
  readonly from: Ends;
  readonly between: Ends;
  readonly to: Ends;
}

/** No answer takes longer; a server that is asked for more hangs. */
const deadlineMs = 8000;
/** An answer too many, or a connection that is closed, shows at once. */
const quietMs = 3;

/** Sends each line on a connection of its own, a sound request on another one after it, and finds what
 *  became of the records of both. */
export async function playAll(
  pipeline: Pipeline,
  port: number,
  lines: readonly Line[],
): Promise<ReadonlyMap<Line, Played>> {
  const neighbour = await openConnection(port);
  const heard = new Map<Line, Heard>();
  let from = await pipeline.ends();
  for (const line of lines) {
    const { statuses, said } = await play(port, line);
    const between = await pipeline.ends();
    neighbour.send(sound);
    const answer = await neighbour.answer();
    const to = await pipeline.ends();
    heard.set(line, { statuses, said, neighbour: answer, from, between, to });
    from = to;
  }
  neighbour.destroy();
  const played = new Map<Line, Played>();
  for (const [line, one] of heard) played.set(line, await becameOf(pipeline, one));
  return played;
}

const sound = post({ body: JSON.stringify(aView({ anonymousId: 'neighbour' })) });

async function becameOf(pipeline: Pipeline, heard: Heard): Promise<Played> {
  const judged = await pipeline.verdicts(heard.from, heard.between);
  const neighbours = await pipeline.verdicts(heard.between, heard.to);
  const answers = heard.said.join('; ');
  const evidence = judged.map((one) => one.evidence).filter((text) => !answers.includes(text));
  return {
    got: [...heard.statuses, tally(judged)].filter((part) => part !== '').join(' '),
    said: [...new Set([answers, ...evidence])]
      .filter((text) => text !== '')
      .join('; ')
      .slice(0, 200),
    judged,
    neighbour: [heard.neighbour?.status ?? 'closed', tally(neighbours)].join(' '),
  };
}

async function play(port: number, { bytes, got, withoutBodies = false }: Line) {
  const connection = await openConnection(port, { withoutBodies });
  connection.send(bytes);
  const statuses: string[] = [];
  const said: string[] = [];
  for (let left = awaited(got); ; left -= 1) {
    const deadline = left > 0 ? deadlineMs : quietMs;
    const answer = await within(deadline, connection.answer(), () => 'late' as const);
    if (answer === 'late') break;
    statuses.push(answer === null ? 'closed' : statusOf(answer));
    if (answer === null) break;
    said.push(...wordsOf(answer));
  }
  connection.destroy();
  return { statuses: folded(statuses), said };
}

/** Answers, and the end of the connection, that a line must get. */
function awaited(got: string): number {
  const [, times] = /^\d{3} x(\d+)/.exec(got) ?? [];
  const answers =
    times === undefined ? (got.match(/(^| )\d{3}(?= |$)/g)?.length ?? 0) : Number(times);
  return answers + (got.includes('closed') ? 1 : 0);
}

function statusOf({ status, body }: Answer): string {
  if (status === 200 || body === '') return String(status);
  return `${status} ${(JSON.parse(body) as { error: string }).error}`;
}

interface Said {
  readonly message?: string;
  readonly field?: string | null;
  readonly refused?: readonly { readonly index: number; readonly message: string }[];
}

/** Where and what: of a refusal the field, of a refused item its index. */
function wordsOf({ body }: Answer): readonly string[] {
  if (!body.startsWith('{')) return [];
  const { message, field, refused = [] } = JSON.parse(body) as Said;
  const first = refused.slice(0, 1).map(({ index, message: why }) => `refused[${index}]: ${why}`);
  return [...(message === undefined ? [] : [field ? `${field}: ${message}` : message]), ...first];
}

/** The same answer many times is said once. */
function folded(statuses: readonly string[]): readonly string[] {
  const isOne = statuses.length > 1 && new Set(statuses).size === 1;
  return isOne ? [`${statuses[0]} x${statuses.length}`] : statuses;
}
