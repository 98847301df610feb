import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../deploy/replay/random';
import type { Coordinates } from '../../services/shared/domain/event';
import { type ReviewWord, targetOf } from '../../services/shared/domain/review';
import { longAgoMark } from '../support/generated/long-ago';
import type { Said } from './decisions';

/** What reviewers did, in figures. */
export interface ReviewCounts {
  /** Words that were taken, by word. */
  readonly taken: Record<ReviewWord, number>;
  /** Records decided on twice in the same words, and against each other. */
  twice: number;
  contradicting: number;
  /** Words on events of long ago. */
  longAgo: number;
  /** Answered as known already: nothing was posted. */
  repeated: number;
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
  | { readonly is: 'taken'; readonly coordinates: Coordinates }
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
const waitMs = 200;
/** Of records decided on twice in the same words, and of those decided on against each other. */
const share = 0.12;
const shareOfWaiting = 0.4;

export interface ReviewersOptions {
  readonly tenant: string;
  /** Where insights listens now: it is killed like everything else. */
  readonly url: () => Promise<string>;
  readonly random: Random;
}

/** People at the review API, whose services may die at any time. */
export class Reviewers {
  readonly counts: ReviewCounts = {
    taken: { release: 0, confirm: 0, retract: 0, restore: 0 },
    ...{ twice: 0, contradicting: 0, longAgo: 0, repeated: 0, senseless: 0, askedAgain: 0 },
  };
  /** Every word that was answered as taken for the first time. */
  readonly said: Said[] = [];
  private queue: Target[] = [];
  private asked = 0;
  private readonly busy = new Set<string>();
  /** Of several records with one message id, the one that is decided on: a person who counted two
   *  copies of one collision would double it, and mean it. */
  private readonly places = new Map<string, Coordinates>();

  constructor(private readonly options: ReviewersOptions) {}

  /** How many words were taken. */
  get done(): number {
    return Object.values(this.counts.taken).reduce((sum, words) => sum + words, 0);
  }

  /** Decides on one record, sometimes twice, sometimes against itself. `ids` are messages that have
   *  been sent. */
  async decide(ids: readonly string[]): Promise<void> {
    const found = await this.nextTarget(ids);
    if (this.busy.has(found.messageId)) return;
    this.busy.add(found.messageId);
    const coordinates = this.places.get(found.messageId) ?? found.coordinates;
    const target = { messageId: found.messageId, ...(coordinates && { coordinates }) };
    await this.decideOn(target).finally(() => this.busy.delete(found.messageId));
  }

  /** Takes back one message as soon as its row is there; a bot's it counts instead. False where nothing
   *  can be decided. */
  async takeBack(messageId: string): Promise<boolean> {
    if (this.busy.has(messageId)) return false;
    this.busy.add(messageId);
    const said = this.findWord({ messageId }, 'retract');
    return (await said.finally(() => this.busy.delete(messageId))) !== null;
  }

  private async decideOn(target: Target): Promise<void> {
    const { counts } = this;
    const way = this.nextWay();
    const isWaiting = target.coordinates !== undefined;
    if (way === 'against' && isWaiting) {
      const words = ['release', 'confirm'] as const;
      const answers = await Promise.all(words.map((word) => this.say(word, target)));
      if (answers.every(({ is }) => is === 'taken')) counts.contradicting += 1;
      return;
    }
    const said = await this.findWord(
      target,
      isWaiting ? this.pick(['release', 'confirm']) : 'retract',
    );
    if (said === null) return;
    if (way === 'against') {
      if (await this.sayWhenPossible(undoing[said.word], said.target)) counts.contradicting += 1;
    } else if (way === 'twice') {
      if ((await this.say(said.word, said.target)).is === 'taken') counts.twice += 1;
    }
  }

  /** What there has been too little of. */
  private nextWay(): 'against' | 'twice' | 'once' {
    const wanted = share * (this.done + 1);
    if (this.counts.contradicting < wanted) return 'against';
    return this.counts.twice < wanted ? 'twice' : 'once';
  }

  private async say(word: ReviewWord, target: Target): Promise<Answer> {
    this.asked += 1;
    const note = `word ${this.asked}`;
    const reviewer = `reviewer-${Math.floor(this.options.random() * 5)}`;
    const { messageId, ...rest } = target;
    const body = JSON.stringify({ decision: word, reviewer, note, ...rest });
    const path = `/v1/review/${encodeURIComponent(messageId)}?tenant=${this.options.tenant}`;
    const headers = { 'content-type': 'application/json' };
    const response = await this.patiently(path, { method: 'POST', body, headers });
    const { answer, isRepeated } = await answerOf(response);
    if (answer.is === 'senseless') this.counts.senseless += 1;
    if (answer.is === 'taken') this.note(word, target, { note, isRepeated, answer });
    return answer;
  }

  private note(
    word: ReviewWord,
    { messageId: id }: Target,
    taken: { note: string; isRepeated: boolean; answer: Answer & { is: 'taken' } },
  ): void {
    const { note, isRepeated, answer } = taken;
    this.counts.taken[word] += 1;
    if (id.startsWith(longAgoMark)) this.counts.longAgo += 1;
    this.places.set(id, answer.coordinates);
    if (isRepeated) this.counts.repeated += 1;
    const { outcome, reason } = targetOf(word);
    if (!isRepeated) this.said.push({ id, note, becomes: `${outcome}/${reason}` });
  }

  /** The same request until somebody answers it. */
  private async patiently(path: string, init?: RequestInit): Promise<Response> {
    for (let waited = 0; ; waited += waitMs) {
      const response = await fetch(`${await this.options.url()}${path}`, init).catch(() => null);
      if (response !== null && response.status < 500) return response;
      this.counts.askedAgain += 1;
      if (waited > patienceMs) throw new Error('the review API does not come back');
      await sleep(waitMs);
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
        const { messageId } = target;
        const coordinates = this.places.get(messageId) ?? this.pick(answer.places);
        target = { messageId, coordinates };
      } else {
        waited += waitMs;
        await sleep(waitMs);
      }
    }
    return null;
  }

  /** Until the word before it has arrived, this one makes no sense. */
  private async sayWhenPossible(word: ReviewWord, target: Target): Promise<boolean> {
    for (let waited = 0; waited < patienceMs; waited += waitMs) {
      if ((await this.say(word, target)).is === 'taken') return true;
      await sleep(waitMs);
    }
    return false;
  }

  private async nextTarget(ids: readonly string[]): Promise<Target> {
    if (this.options.random() < shareOfWaiting && ids.length > 1) {
      if (this.queue.length === 0) this.queue = await this.waiting();
      const [next] = this.queue.splice(Math.floor(this.options.random() * this.queue.length), 1);
      if (next !== undefined) return next;
    }
    return { messageId: this.pick(ids) };
  }

  private async waiting(): Promise<Target[]> {
    const { tenant, random } = this.options;
    const status = random() < 0.7 ? 'held' : 'collision';
    const path = `/v1/review?tenant=${tenant}&status=${status}&limit=20`;
    const { rows } = (await (await this.patiently(path)).json()) as { rows: Target[] };
    return rows.map(({ messageId, coordinates }) => ({ messageId, coordinates })) as Target[];
  }

  private pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.options.random() * from.length)] as T;
  }
}

async function answerOf(response: Response): Promise<{ answer: Answer; isRepeated: boolean }> {
  const body = (await response.json()) as {
    readonly repeated?: boolean;
    readonly message?: string;
    readonly coordinates: Coordinates;
  };
  const { message = '', repeated: isRepeated = false, coordinates } = body;
  const answered = (answer: Answer) => ({ answer, isRepeated });
  if (response.status === 200) return answered({ is: 'taken', coordinates });
  if (response.status === 404) return answered({ is: 'unknown' });
  if (response.status === 409) {
    const words = /possible: (.*)$/.exec(message)?.[1]?.split(', ') ?? [];
    return answered({ is: 'senseless', possible: words as ReviewWord[] });
  }
  if (response.status === 400 && message.startsWith('coordinates')) {
    return answered({ is: 'several', places: placesIn(message) });
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
