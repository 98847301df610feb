import { ask, askHealth } from '../panel/questions';
import type { Examination } from './finding';

/** Addresses of the services, without a path, by name. */
export type ServiceUrls = Readonly<Record<string, string>> & { readonly insights: string };

interface LedgerAnswer {
  readonly accepted: number;
  readonly unaccounted: number;
  readonly doubled: number;
  readonly topics: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly missing: number;
    readonly firstMissing: number | null;
    readonly doubled: number;
  }[];
}

/** Each service by itself, and behind insights whether every record is accounted for. */
export function serviceExaminations(urls: ServiceUrls): readonly (readonly Examination[])[] {
  return Object.entries(urls).map(([name, url]) => [
    { about: name, look: () => health(url) },
    ...(name === 'insights' ? [{ about: 'ledger', look: () => ledger(url) }] : []),
  ]);
}

async function health(url: string): Promise<string> {
  const { signal } = new AbortController();
  await askHealth(`${url}/livez`, signal).catch((error: Error) => {
    throw new Error(`${url} ${error.message}: start it, or look into its log`);
  });
  await askHealth(`${url}/readyz`, signal);
  return `${url} is live and ready`;
}

async function ledger(insights: string): Promise<string> {
  const { signal } = new AbortController();
  const { accepted, unaccounted, doubled, topics } = await ask<LedgerAnswer>(
    `${insights}/v1/ledger`,
    {},
    signal,
  );
  if (doubled > 0) {
    const where = topics.filter((one) => one.doubled > 0).map(nameOf);
    throw new Error(`${doubled} records are counted twice, in ${where.join(', ')}`);
  }
  const events = accepted.toLocaleString('en-US');
  if (unaccounted === 0) return `${events} accepted, each with its row, none counted twice`;
  const where = topics
    .filter(({ missing }) => missing > 0)
    .map((one) => `${one.missing} in ${nameOf(one)} from offset ${one.firstMissing}`);
  throw new Error(
    `${unaccounted} of ${events} accepted records have no row (${where.join(', ')}): on their way ` +
      'while consumers lag, lost if this lasts',
  );
}

function nameOf({ topic, partition }: { topic: string; partition: number }): string {
  return `${topic}/${partition}`;
}
