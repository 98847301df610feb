import { importsOf } from './imports';
import type { SourceFile } from './tree';

/** A folder of the project and what its files may import. The first layer whose pattern fits a
 *  file's path is the file's. */
interface Layer {
  readonly name: string;
  readonly files: RegExp;
  /** Files it may read. `$own` stands for the service the importing file belongs to. */
  readonly mayRead: readonly string[];
  /** Packages it may use; `*` for any, `node:*` for all of Node's own. */
  readonly packages: readonly string[];
}

const domain = 'services/shared/domain/';
const runtime = 'services/shared/runtime/';
const stores = 'services/shared/stores/';

/** Arrows only point down; each client library enters through one layer. */
const layers: readonly Layer[] = [
  {
    name: 'domain',
    files: /^services\/shared\/domain\/(?!declared-bot|address)/,
    mayRead: [domain],
    packages: [],
  },
  {
    name: 'domain (with its one pure data library)',
    files: /^services\/shared\/domain\//,
    mayRead: [domain],
    packages: ['isbot', 'ipaddr.js'],
  },
  {
    name: 'runtime',
    files: /^services\/shared\/runtime\//,
    mayRead: [runtime, domain],
    packages: [
      'node:*',
      'kafkajs',
      'kafkajs-snappy',
      'lz4-napi',
      'fzstd',
      'avsc',
      'prom-client',
      'fastify',
      '@fastify/swagger',
      'pino',
      'yaml',
    ],
  },
  {
    name: 'stores',
    files: /^services\/shared\/stores\//,
    mayRead: [stores, `${runtime}errors.ts`, `${runtime}retry.ts`, `${runtime}root.ts`, domain],
    packages: ['node:*', 'ioredis', '@clickhouse/client'],
  },
  {
    name: 'main',
    files: /^services\/[a-z]+\/main\.ts$/,
    mayRead: ['$own', stores, runtime, domain],
    packages: ['node:*'],
  },
  {
    name: 'service',
    files: /^services\/[a-z]+\//,
    mayRead: ['$own', runtime, domain],
    // Routes say what they accept and answer; a body is inflated and hashed, bytes to bytes.
    packages: [
      'fastify',
      '@sinclair/typebox',
      'node:zlib',
      'node:crypto',
      'node:stream',
      'node:timers/promises',
      'node:util',
    ],
  },
  {
    name: 'documents',
    files: /^deploy\/docs\//,
    mayRead: [
      'deploy/',
      ...['collector', 'cleaner', 'interests', 'metrics', 'insights'].map(
        (service) => `services/${service}/config.ts`,
      ),
      runtime,
    ],
    packages: [],
  },
  {
    name: 'deploy',
    files: /^(deploy|bench)\//,
    mayRead: ['deploy/', 'bench/', stores, runtime, domain],
    packages: ['*'],
  },
  {
    name: 'test',
    files: /^test\//,
    mayRead: ['services/', 'deploy/', 'bench/', 'test/'],
    packages: ['*'],
  },
];

/** Imports that point upwards or sideways, or bring a library in by another layer than its own. */
export function layerFaults(sources: readonly SourceFile[]): readonly string[] {
  return sources.flatMap((source) => {
    const layer = layers.find(({ files }) => files.test(source.path));
    if (layer === undefined) {
      return [`${source.path}: belongs to no layer; move it, or name its folder in layers.ts`];
    }
    const service = /^services\/[a-z]+\//.exec(source.path)?.[0] ?? '';
    const roots = layer.mayRead.map((root) => (root === '$own' ? service : root));
    return importsOf(source).flatMap(({ place, file, package: used }) => {
      if (file !== null && !roots.some((root) => file.startsWith(root))) {
        return [`${place}: the ${layer.name} layer may not read ${file}; pass what it needs in`];
      }
      if (used === null || mayUse(layer, used)) return [];
      return [`${place}: the ${layer.name} layer may not use ${used}; reach it through its layer`];
    });
  });
}

function mayUse({ packages }: Layer, used: string): boolean {
  const isNodes = used.startsWith('node:') && packages.includes('node:*');
  return isNodes || packages.includes('*') || packages.includes(used);
}

/** Rings of imports, each named once; type-only imports count, for they tie the files as firmly. */
export function cycleFaults(sources: readonly SourceFile[]): readonly string[] {
  const reads = new Map(
    sources.map((source) => [
      source.path,
      importsOf(source).flatMap(({ file }) => (file === null ? [] : [file])),
    ]),
  );
  const [done, found] = [new Set<string>(), new Map<string, string>()];
  const visit = (file: string, trail: readonly string[]) => {
    const start = trail.indexOf(file);
    if (start >= 0) {
      const ring = trail.slice(start);
      found.set([...ring].sort().join(), [...ring, file].join(' -> '));
      return;
    }
    if (done.has(file)) return;
    for (const next of reads.get(file) ?? []) visit(next, [...trail, file]);
    done.add(file);
  };
  for (const file of reads.keys()) visit(file, []);
  return [...found.values()].map((ring) => `${ring}: a ring; move what both need below both`);
}
