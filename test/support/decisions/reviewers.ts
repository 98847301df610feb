import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../../deploy/replay/random';
import type { Coordinates } from '../../../services/shared/domain/event';
import type { ReviewWord } from '../../../services/shared/domain/review';

/** What reviewers did, in figures. */
export interface ReviewCounts {
  /** Words that were taken, by word. */
  readonly taken: Record<ReviewWord, number>;
  /** Asked twice, and how many of those were answered as known. */
  twice: number;
  repeated: number;
  contradicting: number;
  /** 409: made no sense of the record as it stood. */
  senseless: number;
  /** No answer, or 5xx, and asked again. */
  askedAgain: number;
}

interface Target {
  readonly messageId: string;
  readonly coordinates?: Coordinates;
}

type Answer =
  | { readonly is: 'taken'; readonly repeated: boolean }
  | { readonly is: 'senseless'; readonly possible: readonly ReviewWord[] }
  | { readonly is: 'several'; readonly places: readonly Coordinates[] }
  | { readonly is: 'unknown' };

/** The word that takes another back, once that has arrived. */
const undoing: Readonly<Record<ReviewWord, ReviewWord>> = {
  release: 'retract',
  confirm: 'restore',
  retract: 'restore',
  restore: 'retract',
};
const patienceMs = 45_000;

/** People at the review API, whose services may die at any time. */
export class Reviewers {
  readonly counts: ReviewCounts = {
    taken: { release: 0, confirm: 0, retract: 0, restore: 0 },
    ...{ twice: 0, repeated: 0, contradicting: 0, senseless: 0, askedAgain: 0 },
  };
  private queue: Target[] = [];

  constructor(
    private readonly insightsUrl: string,
    private readonly random: Random,
  ) {}

  /** Decides on one record, sometimes twice, sometimes against itself. `ids` are messages that have
   *  been sent. */
  async decide(ids: readonly string[]): Promise<void> {
    const { counts } = this;
    const [kind, target] = [this.random(), await this.nextTarget(ids)];
    const isWaiting = target.coordinates !== undefined;
    if (kind < 0.1 && isWaiting) {
      counts.contradicting += 1;
      await Promise.all([this.say('release', target), this.say('confirm', target)]);
      return;
    }
    const said = await this.findWord(
      target,
      isWaiting ? this.pick(['release', 'confirm']) : 'retract',
    );
    if (said === null) return;
    if (kind < 0.1) {
      counts.contradicting += 1;
      await this.sayWhenPossible(undoing[said.word], said.target);
    } else if (kind < 0.2) {
      counts.twice += 1;
      const again = await this.say(said.word, said.target);
      if (again.is === 'taken' && again.repeated) counts.repeated += 1;
    }
  }

  private async say(word: ReviewWord, target: Target): Promise<Answer> {
    const reviewer = `reviewer-${Math.floor(this.random() * 5)}`;
    const { messageId, ...rest } = target;
    const body = JSON.stringify({ decision: word, reviewer, note: 'seen', ...rest });
    const url = `${this.insightsUrl}/v1/review/${encodeURIComponent(messageId)}`;
    const headers = { 'content-type': 'application/json' };
    const response = await this.patiently(() => fetch(url, { method: 'POST', body, headers }));
    const answer = await answerOf(response);
    if (answer.is === 'taken') this.counts.taken[word] += 1;
    if (answer.is === 'senseless') this.counts.senseless += 1;
    return answer;
  }

  /** The same request until somebody answers it. */
  private async patiently(ask: () => Promise<Response>): Promise<Response> {
    for (let waited = 0; ; waited += 200) {
      const response = await ask().catch(() => null);
      if (response !== null && response.status < 500) return response;
      this.counts.askedAgain += 1;
      if (waited > patienceMs) throw new Error('the review API does not come back');
      await sleep(200);
    }
  }

  /** Finds a word that makes sense of the record, and says it; null where none does. */
  private async findWord(
    found: Target,
    first: ReviewWord,
  ): Promise<{ readonly word: ReviewWord; readonly target: Target } | null> {
    let [word, target] = [first, found];
    for (let waited = 0; waited < patienceMs; ) {
      const answer = await this.say(word, target);
      if (answer.is === 'taken') return { word, target };
      if (answer.is === 'senseless') {
        if (answer.possible.length === 0) return null;
        word = this.pick(answer.possible);
      } else if (answer.is === 'several') {
        target = { ...target, coordinates: this.pick(answer.places) };
      } else {
        waited += 200;
        await sleep(200);
      }
    }
    return null;
  }

  /** Until the word before it has arrived, this one makes no sense. */
  private async sayWhenPossible(word: ReviewWord, target: Target): Promise<void> {
    for (let waited = 0; waited < patienceMs; waited += 200) {
      if ((await this.say(word, target)).is === 'taken') return;
      await sleep(200);
    }
  }

  private async nextTarget(ids: readonly string[]): Promise<Target> {
    if (this.random() < 0.35 && ids.length > 1) {
      if (this.queue.length === 0) this.queue = await this.waiting();
      const [next] = this.queue.splice(Math.floor(this.random() * this.queue.length), 1);
      if (next !== undefined) return next;
    }
    return { messageId: this.pick(ids) };
  }

  private async waiting(): Promise<Target[]> {
    const status = this.random() < 0.5 ? 'held' : 'collision';
    const url = `${this.insightsUrl}/v1/review?status=${status}&limit=20`;
    const { rows } = (await (await this.patiently(() => fetch(url))).json()) as { rows: Target[] };
    return rows.map(({ messageId, coordinates }) => ({ messageId, coordinates })) as Target[];
  }

  private pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)] as T;
  }
}

async function answerOf(response: Response): Promise<Answer> {
  const body = (await response.json()) as { repeated?: boolean; message?: string };
  const message = body.message ?? '';
  if (response.status === 200) return { is: 'taken', repeated: body.repeated === true };
  if (response.status === 404) return { is: 'unknown' };
  if (response.status === 409) {
    const words = /possible: (.*)$/.exec(message)?.[1]?.split(', ') ?? [];
    return { is: 'senseless', possible: words as ReviewWord[] };
  }
  if (response.status === 400 && message.startsWith('coordinates')) {
    return { is: 'several', places: placesIn(message) };
  }
  throw new Error(`the review API answers ${response.status}: ${message}`);
}

function placesIn(message: string): readonly Coordinates[] {
  return [...message.matchAll(/([\w.-]+)\/(\d+)\/(\d+) \(/g)].map(
    ([, topic = '', partition, offset]) => ({
      ...{ topic, partition: Number(partition), offset: Number(offset) },
    }),
  );
}
