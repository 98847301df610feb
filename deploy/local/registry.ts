import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { jarsFolder } from './paths';
import type { Launch } from './process';

/** Apicurio's path for the Confluent Schema Registry API. */
const confluentPath = '/apis/ccompat/v7';

export function registryUrl(port: number): string {
  return `http://127.0.0.1:${port}${confluentPath}`;
}

/**
 * Apicurio Registry with its H2 database in a file of `folder`. Its default is to keep everything in
 * memory; but records in Kafka name their schema by the registry's number, so a registry that
 * numbered anew at each start could hand old records the wrong schema.
 */
export function registryLaunch(options: { folder: string; logFile: string; port: number }): Launch {
  mkdirSync(options.folder, { recursive: true });
  const home = join(jarsFolder, 'registry');
  return {
    name: 'Schema registry',
    command: 'java',
    args: [
      '-Xmx384m',
      // Starts in half the time and 50 MB smaller; a registry is never busy enough for more.
      '-XX:TieredStopAtLevel=1',
      '-XX:+ExitOnOutOfMemoryError',
      `-Dquarkus.http.port=${options.port}`,
      '-Dquarkus.http.host=127.0.0.1',
      '-Dquarkus.http.access-log.enabled=false',
      '-Dquarkus.log.level=WARN',
      '-Djava.util.logging.manager=org.jboss.logmanager.LogManager',
      // By default H2 writes half a second after it has acknowledged.
      `-Dapicurio.datasource.url=jdbc:h2:file:${join(options.folder, 'registry')};WRITE_DELAY=0`,
      '-jar',
      join(home, 'apicurio-registry-app-3.0.9-runner.jar'),
    ],
    cwd: home,
    logFile: options.logFile,
    ready: async () => {
      const url = `${registryUrl(options.port)}/subjects`;
      return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
    },
    readyWithinMs: 90_000,
    stopWithinMs: 10_000,
  };
}
