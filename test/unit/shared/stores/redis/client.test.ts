import type { Redis } from 'ioredis';
import { TransientError } from '../../../../../services/shared/runtime/errors';
import { answerOf, refuseEviction } from '../../../../../services/shared/stores/redis/client';

/** As ioredis throws what Redis refuses. */
function refusal(message: string): Error {
  return Object.assign(new Error(message), { name: 'ReplyError' });
}

test('an answer comes through', async () => {
  expect(await answerOf(Promise.resolve(7))).toBe(7);
});

test.each([
  new Error("Stream isn't writeable and enableOfflineQueue options is false"),
  new Error('Command timed out'),
  new Error('Connection is closed.'),
  refusal('LOADING Redis is loading the dataset in memory'),
  refusal("OOM command not allowed when used memory > 'maxmemory'."),
  refusal("READONLY You can't write against a read only replica."),
  refusal('MISCONF Errors writing to the AOF file: No space left on device'),
  refusal('BUSY Redis is busy running a script.'),
])('$message passes by itself', async (error) => {
  const answer = answerOf(Promise.reject(error));
  await expect(answer).rejects.toBeInstanceOf(TransientError);
  await expect(answer).rejects.toMatchObject({ server: 'redis', cause: error });
});

test.each([
  refusal('WRONGTYPE Operation against a key holding the wrong kind of value'),
  refusal('ERR apply-weights: a weight is not a finite number in range'),
  refusal("NOPERM this user has no permissions to run the 'evalsha' command"),
])('$message is a fault, and is thrown as it is', async (error) => {
  await expect(answerOf(Promise.reject(error))).rejects.toBe(error);
});

describe('a server that forgets by itself', () => {
  const saying = (info: string) => ({ info: async () => info }) as unknown as Redis;

  test('is refused, with what to do', async () => {
    const evicting = saying('used_memory:1\r\nmaxmemory_policy:allkeys-lru\r\n');
    const refused = refuseEviction(evicting);
    await expect(refused).rejects.toMatchObject({ name: 'FatalError' });
    await expect(refused).rejects.toThrow('--maxmemory-policy noeviction');
  });

  test.each(['maxmemory_policy:noeviction\r\n', 'used_memory:1\r\n'])(
    'is not one that says %j',
    (info) => expect(refuseEviction(saying(info))).resolves.toBeUndefined(),
  );
});
