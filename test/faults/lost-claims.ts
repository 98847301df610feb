import { type Acts, noActs } from './acts';
import type { Installation } from './installation';
import { everyService, oneProcess, untilDry } from './running';
import { send } from './stream';

/** Redis has lost the claims and the evidence of messages that are in the ledger already, and all of
 *  these come again. */
export const claimsLost: Acts = {
  ...noActs,
  async prepare(installation, tenant, requests) {
    await Promise.all(everyService.map((service) => oneProcess(installation, service)));
    const collectorUrl = () => installation.url('collector');
    const first = requests.slice(0, Math.ceil(requests.length / 2));
    await send(first, { tenant, collectorUrl, pauseMs: 100 });
    await untilDry(installation);
    await Promise.all(installation.running('cleaner').map((one) => one.stop()));
    await forget(installation, tenant);
  },
};

async function forget({ redis, keys, groupPrefix }: Installation, tenant: string): Promise<void> {
  const prefix = keys.canary().replace(/canary$/, '');
  const lost = [keys.published(`${groupPrefix}cleaner`)];
  for (const kind of ['claims', 'finding']) {
    lost.push(...(await redis.keys(`${prefix}${kind}:{${tenant}:*`)));
  }
  await redis.del(...lost);
}
