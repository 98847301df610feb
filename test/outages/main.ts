import { Command } from 'commander';
import { mayMount } from './disks';
import type { OutageRow } from './outage-row';
import { lineOf, runRow } from './row-run';
import { outageRows } from './rows';
import { aWorld, type World } from './world';

interface Flags {
  readonly seed: string;
  readonly only: readonly string[];
  readonly seconds: string;
}

const say = (line: string) => process.stdout.write(`${line}\n`);

/** The table of outages, on servers of its own. Answers with how many rows are wrong. */
async function main({ seed, only, seconds }: Flags): Promise<number> {
  const wanted = outageRows.filter(
    ({ name }) => only.length === 0 || only.some((word) => name.startsWith(word)),
  );
  const rows = wanted.filter(({ needsDisks }) => !needsDisks || mayMount());
  const disks = rows.some(({ needsDisks }) => needsDisks);
  const tenants = rows.map((_, nth) => `outage-${nth}`);
  const { KAFKA_BROKERS: _brokers, CLICKHOUSE_URL: _url, ...env } = process.env;
  const world = await aWorld({ env, tenants, disks });
  say(`seed ${seed}: ${rows.length} outages of ${seconds} s; logs in ${world.folder}/logs`);
  let wrong = 0;
  try {
    for (const [nth, row] of rows.entries()) {
      const options = { tenant: tenants[nth] ?? '', seed: Number(seed) + nth };
      const isRight = await one(world, row, { ...options, lastsMs: Number(seconds) * 1000 });
      if (!isRight) wrong += 1;
    }
  } finally {
    await world.stop();
  }
  for (const { name } of wanted.filter((row) => !rows.includes(row))) {
    say(`not run: ${name} mounts file systems, which only root may`);
  }
  say(`${rows.length} outages, ${wrong} of them wrong`);
  return wrong;
}

async function one(
  world: World,
  row: OutageRow,
  options: { readonly tenant: string; readonly seed: number; readonly lastsMs: number },
): Promise<boolean> {
  try {
    const normalMs = Math.max(5000, Math.min(60_000, options.lastsMs));
    const result = await runRow(world, row, { ...options, normalMs });
    say(lineOf(result));
    return result.faults.length === 0;
  } catch (error) {
    say(`FAIL ${row.name}  ${(error as Error).message}`);
    await world.mend();
    return false;
  }
}

const program = new Command('outages')
  .description('each server broken in each way while events come in; then all against the oracle')
  .option('--seed <n>', 'of the streams', '1')
  .option('--only <name...>', 'outages whose name begins so: clickhouse, redis-killed', [])
  .option('--seconds <n>', 'how long each lasts', '15');

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

main(program.parse().opts<Flags>()).then(
  (wrong) => process.exit(wrong > 0 ? 1 : 0),
  (error: Error) => {
    process.stderr.write(`outages: ${error.message}\n`);
    process.exit(1);
  },
);
