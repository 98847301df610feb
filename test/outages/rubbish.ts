import { createPost } from '../../deploy/replay/post';
import { writeKeyOf } from '../faults/installation';
import { type OutageRow, ordinary } from './outage-row';
import { asideTenant } from './world';

const senders = 2;
const itemsOfARequest = 2500;

/** A client with a key of its own whose every event is wrong, as fast as it can. */
export const rubbish: OutageRow = {
  ...{ ...ordinary, name: 'rubbish-client', leavesTags: true },
  done: `a client sends requests of ${itemsOfARequest} events that are none, ${senders} at a time`,
  async run({ installation }, lastsMs) {
    const url = `${await installation.url('collector')}/v1/batch`;
    const writeKey = writeKeyOf(asideTenant);
    const batch = Array.from({ length: itemsOfARequest }, (_, nth) => ({ type: 'track', nth }));
    const body = Buffer.from(JSON.stringify({ batch }));
    const until = Date.now() + lastsMs;
    const counts = new Map<number, number>();
    const sendOn = async () => {
      const post = createPost({ url, writeKey, timeoutMs: 20_000, maxSockets: 1 });
      while (Date.now() < until) {
        const { status } = await post(body);
        counts.set(status, (counts.get(status) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: senders }, sendOn));
    const [taken, limited] = [counts.get(200) ?? 0, counts.get(429) ?? 0];
    if (limited === 0) throw new Error(`never told to slow down: ${JSON.stringify([...counts])}`);
    return `${taken * itemsOfARequest} of its events are dead letters, ${limited} requests answered 429`;
  },
};
