import { resolve } from 'node:path';
import { type Collector, createCollector } from '../../services/collector/collector';
import { collectorSettings } from '../../services/collector/config';
import { parseSettings } from '../../services/shared/runtime/config';
import { createMetrics } from '../../services/shared/runtime/metrics';
import { projectRoot } from '../../services/shared/runtime/root';
import { keepingLog, type LogLine } from './log-lines';

export interface TestCollector extends Collector {
  readonly url: string;
  readonly lines: readonly LogLine[];
  /** The value of a counter's series; 0 where it has none. `labels` as in `{limit="key"}`. */
  counted(name: string, labels?: string): Promise<number>;
  stop(): Promise<void>;
}

/** A collector on the servers of this test run, with settings as the environment would give them. */
export async function startCollector(env: NodeJS.ProcessEnv): Promise<TestCollector> {
  const parsed = parseSettings(collectorSettings, { ...process.env, ...env });
  if (!parsed.ok) throw new Error(parsed.faults.join('; '));
  const tenantsFile = resolve(projectRoot, parsed.settings.tenantsFile);
  const metrics = createMetrics('collector');
  const { log, lines } = keepingLog();
  const collector = await createCollector({ ...parsed.settings, tenantsFile }, { log, metrics });
  const url = await collector.server.listen({ host: '127.0.0.1', port: 0 });
  return {
    ...collector,
    url,
    lines,
    async counted(name, labels = '') {
      const wanted = `${name}{${labels}`;
      const line = (await metrics.text()).split('\n').find((one) => one.startsWith(wanted));
      return Number(line?.split(' ').at(-1) ?? 0);
    },
    async stop() {
      await collector.server.close();
      for (const part of collector.closes) await part.close();
    },
  };
}
