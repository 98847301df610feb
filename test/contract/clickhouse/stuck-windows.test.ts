import type { StuckWindows } from '../../../services/metrics/aside';
import { createStuckWindowsStore } from '../../../services/shared/stores/clickhouse/stuck-windows-store';
import { aDatabase } from '../../support/clickhouse';
import { noon } from '../../support/event-builders';
import { aClock } from '../../support/fake-clock';
import { fakeLedger } from '../../support/fakes/ledger';

jest.setTimeout(60_000);

interface World {
  readonly stuck: StuckWindows;
  close(): Promise<void>;
}

async function realWorld(): Promise<World> {
  const { clickhouse, drop } = await aDatabase();
  const clock = aClock(noon);
  const store = createStuckWindowsStore(clickhouse, () => {
    clock.advance(1);
    return clock.now();
  });
  return { stuck: store, close: drop };
}

describe.each([
  ['the fake', async (): Promise<World> => ({ stuck: fakeLedger(), close: async () => {} })],
  ['ClickHouse', realWorld],
])('windows set aside in %s', (_, begin) => {
  let world: World;
  beforeAll(async () => {
    world = await begin();
  });
  afterAll(() => world.close());

  test('stay until they are mended, table by table, and may come again within the second', async () => {
    const { stuck } = world;
    const [one, other] = [noon, noon + 3_600_000].map((start) => ({ tenant: 'demo', start }));
    if (one === undefined || other === undefined) throw new Error('two windows');
    await stuck.setAside('funnel_1h', one, 'too slow');
    await stuck.setAside('funnel_1h', other, 'too slow');
    await stuck.setAside('funnel_1h', other, 'it’s still "too slow"');
    expect(await stuck.list('channel_1m')).toEqual([]);
    expect([...(await stuck.list('funnel_1h'))].sort((a, b) => a.start - b.start)).toEqual([
      one,
      other,
    ]);
    await stuck.mended('funnel_1h', one);
    expect(await stuck.list('funnel_1h')).toEqual([other]);
    await stuck.setAside('funnel_1h', one, 'again');
    expect(await stuck.list('funnel_1h')).toHaveLength(2);
  });
});
