import { createKafka } from '../../services/shared/runtime/kafka';
import { createLog } from '../../services/shared/runtime/log';
import { replayArguments } from '../replay/options';
import type { ReplayReport } from '../replay/replay';
import { ask, type Ledger } from '../summary/api';
import type { ProcessUsage } from '../summary/processes';
import { readLags } from './lag';
import type { StartFlags } from './options';
import { untilProcessed } from './processed';
import { runReplay } from './replay-process';
import type { Stack } from './stack';

export interface MeasuredReplay {
  readonly replay: ReplayReport;
  /** From the first request until everything could be queried. */
  readonly seconds: number;
  readonly processes: readonly ProcessUsage[];
}

export interface MeasureOptions {
  readonly flags: StartFlags;
  readonly folder: string;
  readonly say: (line: string) => void;
  readonly interrupted: AbortSignal;
}

/** Sends the file, waits until all of it can be queried, and says what that cost. Null where it was
 *  interrupted. */
export async function measureReplay(
  stack: Stack,
  options: MeasureOptions,
): Promise<MeasuredReplay | null> {
  const { flags, folder, say, interrupted } = options;
  const before = await ledgerFigures(stack);
  stack.meter.watch('launcher', process.pid);
  stack.meter.mark();
  const started = Date.now();
  try {
    const replay = await runReplay({
      args: [flags.replay ?? '', '--collector', stack.urls.collector, ...replayArguments(flags)],
      folder,
      started: (pid) => stack.meter.watch('replay', pid),
      signal: interrupted,
    });
    say('all sent; waiting until it is processed');
    await waitUntilProcessed(stack, { accepted: before.accepted + replay.accepted, say });
    const seconds = (Date.now() - started) / 1000;
    return { replay, seconds, processes: stack.meter.usage() };
  } catch (error) {
    if (interrupted.aborted) return null;
    throw error;
  }
}

/** Raw records so far, and how many of them have no row. */
export async function ledgerFigures(stack: Stack) {
  const { accepted, unaccounted } = await ask<Ledger>(stack.urls.insights, '/v1/ledger');
  return { accepted: accepted ?? 0, unaccounted: unaccounted ?? 0 };
}

/** Resolves when the ledger shows `accepted` raw records and each is processed and can be queried. */
export async function waitUntilProcessed(
  stack: Stack,
  { accepted, say }: { accepted: number; say: (line: string) => void },
): Promise<void> {
  const { KAFKA_BROKERS = '', TOPIC_PREFIX = '', KAFKA_GROUP_PREFIX = 'tributary.' } = stack.env;
  const log = createLog('launcher', { level: 'error' });
  const kafka = createKafka({ clientId: 'launcher', brokers: KAFKA_BROKERS.split(','), log });
  const admin = kafka.admin();
  await admin.connect();
  try {
    await untilProcessed({
      lags: () => readLags({ admin, topicPrefix: TOPIC_PREFIX, groupPrefix: KAFKA_GROUP_PREFIX }),
      ledger: () => ledgerFigures(stack),
      accepted,
      say,
      stuckAfterMs: 180_000,
    });
  } finally {
    await admin.disconnect();
  }
}
