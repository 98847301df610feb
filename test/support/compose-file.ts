import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { projectRoot } from '../../services/shared/runtime/root';

/** What the tests look at of a service in docker-compose.yml. */
export interface ComposeService {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly mem_limit?: string;
  readonly cpus?: number;
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly logging?: { readonly options: Readonly<Record<string, string>> };
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly networks: readonly string[];
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
}

/** docker-compose.yml with its merges done and its variables left as they stand. */
export function composeFile(): ComposeFile {
  const text = readFileSync(join(projectRoot, 'docker-compose.yml'), 'utf8');
  return parse(text, { merge: true }) as ComposeFile;
}

/** Bytes of a limit such as `512m` or `2g`. */
export function bytesOf(limit: string): number {
  const [, digits = '', unit = ''] = /^(\d+)([mg])$/.exec(limit) ?? [];
  if (digits === '') throw new Error(`'${limit}' is no limit: write 512m or 2g`);
  return Number(digits) * (unit === 'g' ? 2 ** 30 : 2 ** 20);
}
