import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceProcess } from './service-process';

const root = '/sys/fs/cgroup';
const periodUs = 100_000;

/** Gives a process so much of one core and no more, as on a small machine of its own: on one machine
 *  whose cores are all busy, two processes are no faster than one. Linux, and only root may. */
export function limitCpu({ pid, ended }: ServiceProcess, cores: number): void {
  const isVersion2 = existsSync(join(root, 'cgroup.controllers'));
  const folder = join(root, isVersion2 ? '' : 'cpu', `tributary-faults-${pid}`);
  const quotaUs = Math.round(cores * periodUs);
  mkdirSync(folder);
  if (isVersion2) writeFileSync(join(folder, 'cpu.max'), `${quotaUs} ${periodUs}`);
  else {
    writeFileSync(join(folder, 'cpu.cfs_period_us'), String(periodUs));
    writeFileSync(join(folder, 'cpu.cfs_quota_us'), String(quotaUs));
  }
  writeFileSync(join(folder, 'cgroup.procs'), String(pid));
  void ended.then(() => rmdirSync(folder));
}
