import { TransientError } from '../../../../services/shared/runtime/errors';
import {
  armedFailpoints,
  createFailpoints,
  failpointNames,
  failpoints as servers,
} from '../../../../services/shared/runtime/failpoints';

/** A port whose effects are in the list; what a fault does to the process is, too. */
function aWorld(spec: string) {
  const effects: string[] = [];
  const host = {
    note: () => {},
    kill() {
      effects.push('killed');
      throw new Error('dead');
    },
    standStill: (ms: number) => void effects.push(`still for ${ms} ms`),
  };
  const port = {
    claim: async (id: string) => {
      effects.push(`claim ${id}`);
      return `claimed ${id}`;
    },
    read: async () => 'read',
    name: 'a port',
  };
  const failpoints = createFailpoints(armedFailpoints.parse(spec), { warn: () => {} }, host);
  const points = { claim: 'cleaner.claim', read: null } as const;
  return { effects, port, failpoints, armed: failpoints.around(port, points) };
}

async function outcomes(port: { claim(id: string): Promise<string> }, calls: number) {
  const said: string[] = [];
  for (let nth = 1; nth <= calls; nth += 1) {
    said.push(await port.claim(`m${nth}`).catch((error: Error) => error.message));
  }
  return said;
}

test.each([
  [
    'cleaner.claim:kill@2',
    ['claim m1', 'killed', 'claim m3'],
    ['claimed m1', 'dead', 'claimed m3'],
  ],
  ['cleaner.claim:kill-after', ['claim m1', 'killed', 'claim m2', 'claim m3'], ['dead']],
  ['cleaner.claim:stall:7000@1', ['still for 7000 ms', 'claim m1', 'claim m2', 'claim m3'], []],
  ['cleaner.claim:error-before@3', ['claim m1', 'claim m2'], []],
  ['*:error-after@2', ['claim m1', 'claim m2', 'claim m3'], []],
])('%s', async (spec, effects, answers) => {
  const world = aWorld(spec);
  const said = await outcomes(world.armed, 3);
  expect(world.effects).toEqual(effects);
  expect(said.slice(0, answers.length)).toEqual(answers);
});

test('an error looks like that of the server, and the call can be made again', async () => {
  const { armed } = aWorld('cleaner.claim:error-after@1');
  const failure = armed.claim('m1');
  await expect(failure).rejects.toBeInstanceOf(TransientError);
  await expect(failure).rejects.toMatchObject({ server: servers['cleaner.claim'] });
  expect(await armed.claim('m1')).toBe('claimed m1');
});

test('what is not armed is the very same object, and costs nothing', () => {
  for (const spec of ['', 'interests.apply:kill@1']) {
    const { port, failpoints, armed } = aWorld(spec);
    expect(armed).toBe(port);
    expect(failpoints.through('cleaner.claim', port.claim)).toBe(port.claim);
  }
});

test('a failpoint may depend on what is called', async () => {
  const { port, failpoints, effects } = aWorld('cleaner.publish_clean:error-before@1');
  const point = (id: string) =>
    id === 'clean' ? 'cleaner.publish_clean' : 'cleaner.publish_rejected';
  const armed = failpoints.around(port, { claim: point, read: null });
  await armed.claim('other');
  await expect(armed.claim('clean')).rejects.toThrow('before the effect');
  expect(effects).toEqual(['claim other']);
});

test('every point can be armed in every way, and is shown as it was written', () => {
  const all = failpointNames.flatMap((name) =>
    ['kill', 'kill-after', 'stall:9000', 'error-before', 'error-after'].map(
      (kind, nth) => `${name}:${kind}@${nth + 1}`,
    ),
  );
  const text = all.join(',');
  expect(armedFailpoints.show(armedFailpoints.parse(text))).toBe(text);
});

test.each([
  'nowhere:kill',
  'cleaner.claim:shout',
  'cleaner.claim:stall',
  'cleaner.claim:kill:100',
  'cleaner.claim:kill@0',
  'cleaner.claim',
])('%s is refused, with what may be written', (spec) => {
  expect(() => armedFailpoints.parse(spec)).toThrow('must be POINT:KIND@PASS');
});
