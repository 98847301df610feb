import { chromiumPath } from '../../support/chromium';
import { eventually } from '../../support/eventually';
import { aName } from '../../support/names';
import { openShop, type Shop } from './analytics-next';
import { analyticsNode } from './analytics-node';
import type { Client, Sdk } from './client';
import { type Phase, phases, tooLong } from './phases';
import { doubled, lost, printReport, type Row } from './report';
import { rudderSdkNode } from './rudder-sdk-node';
import { anSdkWorld, type SdkWorld } from './sdk-world';

/** What every SDK is put through, as it is shipped: nothing that it was given is lost without its
 *  saying so, and nothing counts twice. The figures of all of them are printed at the end. */
jest.setTimeout(120_000);

const calls = 30;
const everyCall = Array.from({ length: calls }, (_, n) => n);

let world: SdkWorld;
const rows: Row[] = [];
beforeAll(async () => {
  world = await anSdkWorld();
});
afterAll(async () => {
  printReport(rows);
  await world.close();
});

/** Puts an SDK through a phase and adds up what became of each call. */
async function put(sdk: Sdk, phase: Phase): Promise<Row> {
  const user = aName('user');
  const door = await world.door(phase.env);
  const client = await sdk.start({ url: door.gate.url, user, retries: phase.retries });
  try {
    await phase.run({ client, calls, world, ...door });
    await client.drained();
    return await addUp(client, { sdk: sdk.name, phase: phase.name, user });
  } finally {
    await client.close?.();
  }
}

async function addUp(
  client: Client,
  { sdk, phase, user }: { sdk: string; phase: string; user: string },
): Promise<Row> {
  const account = await world.accountOf(user);
  const givenUp = [...client.givenUp()].sort((a, b) => a - b);
  const row = { sdk, phase, calls, failures: client.failures(), givenUp, account };
  rows.push(row);
  return row;
}

function expectAll({ account, givenUp }: Row): void {
  expect(givenUp).toEqual([]);
  expect(account.counted).toEqual(everyCall);
  expect([account.messages, account.others]).toEqual([calls, []]);
  expect(account.accepted).toBe(calls + account.duplicates);
}

function deliveryTests(sdkOf: () => Sdk): void {
  test.each(phases.map((phase) => [phase.name, phase] as const))('%s', async (_name, phase) => {
    const sdk = sdkOf();
    const row = await put(sdk, phase);
    expectAll(row);
    expect(row.failures > 0).toBe(phase.fails);
    if (phase.duplicates === 'some or none') return;
    const some = phase.duplicates === 'some' || (phase.duplicates === 'in batches' && sdk.batches);
    expect(row.account.duplicates > 0).toBe(some);
  });
}

/** A limit of the SDK itself. */
function giveUpTest(sdkOf: () => Sdk): void {
  test('an outage longer than its retries: it names every call that it gives up', async () => {
    const row = await put(sdkOf(), tooLong);
    expect([lost(row), doubled(row), row.account.others]).toEqual([0, 0, []]);
    expect(row.givenUp).toEqual(expect.arrayContaining([10, calls - 1]));
  });
}

for (const sdk of [analyticsNode, rudderSdkNode]) {
  describe(sdk.name, () => {
    deliveryTests(() => sdk);
    giveUpTest(() => sdk);
  });
}

const chromium = chromiumPath(process.env);
if (chromium === null) {
  const advice = 'install chromium, or name one in CHROMIUM_PATH';
  process.stderr.write(`not run: the browser SDK needs a Chromium: ${advice}\n`);
}
(chromium === null ? describe.skip : describe)('@segment/analytics-next in Chromium', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop(chromium ?? '');
  });
  afterAll(() => shop?.close());

  deliveryTests(() => shop);
  giveUpTest(() => shop);
  describe('in batches', () => deliveryTests(() => shop.inBatches));

  test('what a page had not sent when it was left is sent by the next one', async () => {
    const user = aName('user');
    const { gate } = await world.door();
    const visitor = await shop.start({ url: gate.url, user, retries: 100 });
    await visitor.send(0, 5);
    await visitor.drained();
    await gate.offline();
    await visitor.send(5, calls);
    await eventually(() => visitor.failures() >= calls - 5, {
      deadlineMs: 30_000,
      message: 'a failed try of each call',
    });
    await visitor.leave();
    await gate.online();
    await visitor.come();
    await visitor.drained();
    expectAll(await addUp(visitor, { sdk: shop.name, phase: 'page left', user }));
    await visitor.close();
  });
});
