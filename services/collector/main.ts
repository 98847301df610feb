import { resolve } from 'node:path';
import { readSettings } from '../shared/runtime/config';
import { createLog } from '../shared/runtime/log';
import { createMetrics } from '../shared/runtime/metrics';
import { projectRoot } from '../shared/runtime/root';
import { leaveWhenTold, runService } from '../shared/runtime/run';
import { createCollector } from './collector';
import { collectorSettings } from './config';

async function main(): Promise<void> {
  leaveWhenTold();
  const settings = readSettings(collectorSettings, process.env);
  const log = createLog('collector', { level: settings.logLevel });
  const metrics = createMetrics('collector');
  const tenantsFile = resolve(projectRoot, settings.tenantsFile);
  const parts = { log, metrics };
  const { server, closes } = await createCollector({ ...settings, tenantsFile }, parts);
  const { host, port } = settings;
  await runService({ name: 'collector', log, http: { server, host, port }, closes });
}

main().catch((error: unknown) => {
  createLog('collector').error({ err: error }, 'the collector cannot start');
  process.exitCode = 1;
  // Connections that were opened on the way would keep the process.
  setImmediate(() => process.exit(1));
});
