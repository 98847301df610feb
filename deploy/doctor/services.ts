import { setTimeout as sleep } from 'node:timers/promises';
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
    const what = error.message.replace(/^not ready/, 'not live');
    throw new Error(`${url} ${what}: start it, or look into its log`);
  });
  await askHealth(`${url}/readyz`, signal);
  return `${url} is live and ready`;
}

/** What is on its way has its row a few seconds later. */
const rowsWithinMs = 5000;

async function ledger(insights: string): Promise<string> {
  const before = await askLedger(insights);
  if (before.doubled > 0) {
    const where = before.topics.filter((one) => one.doubled > 0).map(nameOf);
    throw new Error(`${before.doubled} records are counted twice, in ${where.join(', ')}`);
  }
  const events = before.accepted.toLocaleString('en-US');
  if (before.unaccounted === 0) return `${events} accepted, each with its row, none counted twice`;
  await sleep(rowsWithinMs);
  const now = new Map((await askLedger(insights)).topics.map((one) => [nameOf(one), one]));
  const lasting = before.topics.filter(
    (one) => one.missing > 0 && now.get(nameOf(one))?.firstMissing === one.firstMissing,
  );
  if (lasting.length === 0) {
    return `${events} accepted, ${before.unaccounted} of them on their way, none counted twice`;
  }
  const where = lasting.map((one) => `${nameOf(one)} from offset ${one.firstMissing}`);
  throw new Error(
    `records without a row in ${where.join(', ')}: lost, unless consumers lag by so much`,
  );
}

function askLedger(insights: string): Promise<LedgerAnswer> {
  return ask<LedgerAnswer>(`${insights}/v1/ledger`, {}, new AbortController().signal);
}

function nameOf({ topic, partition }: { topic: string; partition: number }): string {
  return `${topic}/${partition}`;
}
