import { eventually } from '../support/eventually';
import type { World } from './world';

/** Resolves once a partition of the cleaner or interests waits for this server. */
export async function waits({ running }: World['installation'], server: string): Promise<void> {
  const series = new RegExp(`tributary_consumer_paused\\{[^}]*reason="${server}"[^}]*\\} [1-9]`);
  const isWaiting = async () => {
    const urls = [...running('cleaner'), ...running('interests')].map((one) => one.url());
    const texts = urls.map(async (url) => (await fetch(`${url}/metrics`)).text());
    return (await Promise.all(texts)).some((text) => series.test(text));
  };
  const message = `a partition waits for ${server}`;
  await eventually(isWaiting, { deadlineMs: 20_000, message, everyMs: 20 });
}
