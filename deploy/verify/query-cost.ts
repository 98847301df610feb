import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProcessMeter } from '../summary/processes';

/** Says what a question cost: seconds, and where the services run below `folder`, CPU seconds of
 *  ClickHouse and insights. */
export function createStopwatch(folder: string): () => string {
  const meter = new ProcessMeter();
  for (const [name, pid] of pidsBelow(folder)) meter.watch(name, pid);
  meter.mark();
  const begun = Date.now();
  return () => {
    const seconds = ((Date.now() - begun) / 1000).toFixed(2);
    const costs = meter.usage().map(({ name, cpuSeconds }) => `${name} ${cpuSeconds.toFixed(2)}`);
    return costs.length === 0 ? `${seconds} s` : `${seconds} s; CPU s: ${costs.join(', ')}`;
  };
}

function pidsBelow(folder: string): readonly (readonly [string, number])[] {
  const servers = readJson<{ servers?: Record<string, { pid: number }> }>(
    join(folder, 'data', 'servers.json'),
  );
  const insights = Number(readText(join(folder, 'run', 'insights.pid')));
  const clickhouse = servers?.servers?.clickhouse?.pid ?? 0;
  const found = [['clickhouse', clickhouse] as const, ['insights', insights] as const];
  return found.filter(([, pid]) => pid > 0);
}

function readJson<T>(file: string): T | null {
  const text = readText(file);
  return text === '' ? null : (JSON.parse(text) as T);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
