import { type Random, seededRandom } from '../../../deploy/replay/random';
import { type Message, shopVisits } from './shop-visits';

/** How many lines of each kind a recorded file holds beside the sound events. */
export interface RecordedFile {
  /** One Segment message a line; some lines are none. */
  readonly lines: readonly string[];
}

/**
 * A file as a collector's log would have it: sound events, messages that SDKs sent twice, events of
 * bots, items that must be refused, ids that were used twice for different content, lines that are
 * no JSON. A twentieth of it stands far from its time. The same seed gives the same file.
 */
export function aRecordedFile({
  people,
  days,
  seed,
}: {
  people: number;
  days: number;
  seed: number;
}): RecordedFile {
  const random = seededRandom(seed);
  const sound = shopVisits({ people, days, random });
  const lines = [
    ...sound.map((message) => JSON.stringify(message)),
    ...sound
      .filter(() => random() < 0.05)
      .map((message) => JSON.stringify(retried(message, random))),
    ...withoutIds(sound, random),
    ...bots(sound, random),
    ...reusedIds(sound, random),
    ...refused,
  ];
  return { lines: displaced(lines, random) };
}

/** A retry has a new time of sending and nothing else; the collector does not look at that. */
function retried(message: Message, random: Random): Message {
  return { ...message, sentAt: new Date(Date.UTC(2026, 2, 1) + random() * 1e9).toISOString() };
}

function withoutIds(sound: readonly Message[], random: Random): string[] {
  return sound
    .filter(() => random() < 0.03)
    .map(({ messageId: _id, ...message }) =>
      JSON.stringify({
        ...message,
        type: 'track',
        event: 'Note Left',
        properties: { n: random() },
      }),
    );
}

const botAgents = [
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'curl/8.5.0',
];

function bots(sound: readonly Message[], random: Random): string[] {
  return sound
    .filter(() => random() < 0.04)
    .map((message, index) =>
      JSON.stringify({
        ...message,
        messageId: `bot-${index}`,
        context: { userAgent: botAgents[index % botAgents.length] },
      }),
    );
}

/** Two contents under one id. Whichever comes first counts, so they differ in nothing that counts. */
function reusedIds(sound: readonly Message[], random: Random): string[] {
  return sound
    .filter(() => random() < 0.02)
    .flatMap((message, index) =>
      ['first', 'second'].map((note) =>
        JSON.stringify({
          ...message,
          messageId: `reused-${index}`,
          type: 'track',
          event: 'Note Left',
          properties: { note },
        }),
      ),
    );
}

const someone = { anonymousId: 'anon-1', timestamp: '2026-02-01T10:00:00.000Z', type: 'track' };

const refused: readonly string[] = [
  JSON.stringify({ ...someone, anonymousId: undefined, event: 'Product Viewed' }),
  JSON.stringify({ ...someone }),
  JSON.stringify({ ...someone, event: 'Product Viewed', timestamp: 'yesterday' }),
  JSON.stringify({ ...someone, event: 'Order Completed', properties: { revenue: 'free' } }),
  JSON.stringify({ ...someone, type: 'shout', event: 'Product Viewed' }),
  JSON.stringify({ ...someone, event: 'Product Viewed', anonymousId: 'x'.repeat(300) }),
  JSON.stringify({ ...someone, event: 'Product Viewed', properties: { text: 'x'.repeat(40_000) } }),
  '{"type":"track","event":"cut off',
  '["a list"]',
];

/** Takes a twentieth of the lines out and puts each back anywhere. */
function displaced(lines: readonly string[], random: Random): readonly string[] {
  const kept: string[] = [];
  const moved: string[] = [];
  for (const line of lines) (random() < 0.05 ? moved : kept).push(line);
  for (const line of moved) kept.splice(Math.floor(random() * (kept.length + 1)), 0, line);
  return kept;
}
