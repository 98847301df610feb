import { redrive } from '../../../../deploy/redrive/redrive';
import type { Event } from '../../../../services/shared/domain/event';
import type { JudgedEvent } from '../../../../services/shared/domain/outcome';
import type { Codec } from '../../../../services/shared/runtime/codec';
import { aJudgedEvent, anEvent, noon } from '../../../support/event-builders';
import { testCodecs } from '../../../support/fakes/codecs';

const topic = 'events.click.v1';
const place = `${topic}/1/7`;
let codecs: { raw: Codec<Event>; judged: Codec<JudgedEvent> };
beforeAll(async () => {
  codecs = await testCodecs();
});

const dead = (part: Partial<JudgedEvent>) => {
  const { heldBy, ...judged } = aJudgedEvent();
  const value = { ...judged, heldBy, outcome: 'dead', reason: 'undecodable', ...part } as const;
  return { reason: value.reason, record: codecs.judged.encode(value as JudgedEvent) };
};

interface Circumstances {
  readonly dryRun?: boolean;
  /** `tenant/id` of messages that have come through. */
  readonly through?: readonly string[];
}

async function sent(
  letters: readonly ReturnType<typeof dead>[],
  { dryRun = false, through = [] }: Circumstances = {},
) {
  const events: Event[] = [];
  const said: string[] = [];
  const counts = await redrive(letters, {
    ...codecs,
    topics: [topic],
    cameThrough: async (tenant, messageId) => through.includes(`${tenant}/${messageId}`),
    async send(to, key, { value }) {
      const decoded = codecs.raw.decode(value);
      if (decoded.ok) events.push(decoded.value);
      said.push(`${to} ${key}`);
    },
    dryRun,
    say: (line) => void said.push(line),
  });
  return { counts, events, said };
}

test('bytes that can be read now go again, with the times and the id of their first delivery', async () => {
  const nameless = { messageId: '', originalAt: null, sentAt: null, receivedAt: null };
  const event = { ...anEvent(), ...nameless, eventAt: null, clock: null, contentHash: null };
  const letter = dead({ event: null, undecoded: codecs.raw.encode(event) });
  const { counts, events } = await sent([letter, letter]);
  const again = {
    ...{ ...event, redriveOf: place },
    ...{ receivedAt: noon + 320, eventAt: noon + 320, clock: 'absent' },
  };
  expect([counts, events]).toEqual([{ sent: 2, done: 0, left: 0 }, [again, again]]);
});

test('an event whose tenant is known now goes as it came, whatever was derived without one', async () => {
  const event = { ...anEvent(), currency: null };
  const derived = { ...event, ip: null, userAgent: null, currency: 'USD' };
  const reason = 'unknown_tenant';
  const letter = dead({ event: derived, reason, undecoded: codecs.raw.encode(event) });
  const { events } = await sent([letter]);
  expect(events).toEqual([{ ...event, redriveOf: place }]);
});

test('what has come through is not sent any more: its claim may have ended', async () => {
  const nameless = { ...anEvent(), messageId: '' };
  const timeless = { ...nameless, originalAt: null };
  const letters = [anEvent(), timeless, nameless].map((event) =>
    dead({ event: null, undecoded: codecs.raw.encode(event) }),
  );
  const { counts } = await sent(letters, { through: ['demo/m-1', `demo/${place}`, 'demo/'] });
  expect(counts).toEqual({ sent: 1, done: 2, left: 0 });
  expect((await sent(letters, { through: ['other/m-1'] })).counts.sent).toBe(3);
});

test.each<[string, Partial<JudgedEvent>, RegExp]>([
  ['still cannot be read', { event: null, undecoded: Buffer.from('rubbish') }, /not_avro still/],
  ['is not kept whole', { event: null, undecoded: Buffer.of(), reason: 'too_large' }, /not kept/],
  [
    'the collector refused',
    { event: { ...anEvent(), invalid: { reason: 'no_user', message: '' } } },
    /its sender must mend it/,
  ],
  [
    'is in the tags already',
    { event: null, undecoded: Buffer.of(), reason: 'row_refused' },
    /a copy would be a duplicate/,
  ],
  ['was a decision', { source: { topic: 'review', partition: 0, offset: 0 } }, /a decision/],
])('what %s is left, and says why', async (_, part, why) => {
  const { counts, said } = await sent([dead(part)]);
  expect(counts).toEqual({ sent: 0, done: 0, left: 1 });
  expect(said[0]).toMatch(why);
});

test('a copy that died again is left to its original', async () => {
  const copy = { ...anEvent(), redriveOf: 'events.click.v1/0/1' };
  const letter = dead({ event: copy, undecoded: codecs.raw.encode(copy) });
  const { counts, said } = await sent([letter]);
  expect(counts).toEqual({ sent: 0, done: 0, left: 1 });
  expect(said[0]).toMatch(/a copy of events.click.v1\/0\/1, which stands for it/);
});

test('a dry run sends nothing', async () => {
  const letter = dead({ event: null, undecoded: codecs.raw.encode(anEvent()) });
  const { counts, events, said } = await sent([letter], { dryRun: true });
  expect([counts, events]).toEqual([{ sent: 1, done: 0, left: 0 }, []]);
  expect(said).toEqual([expect.stringContaining(`would go ${place}`)]);
});
