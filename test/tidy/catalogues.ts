import { type ProjectFile, type SourceFile, stringsOf } from './tree';

/** A kind of name that must be the same in two places, and the one file that spells it. */
interface Catalogue {
  readonly what: string;
  readonly pattern: RegExp;
  readonly file: string;
}

const catalogues: readonly Catalogue[] = [
  {
    what: 'a topic name',
    pattern: /\bevents\.[a-z-]+\.v\d/,
    file: 'services/shared/runtime/topics.ts',
  },
  {
    what: 'a Redis key',
    pattern: /\b[a-z]+:\{(?!\d)/,
    file: 'services/shared/stores/redis/keys.ts',
  },
];

/** Topics and Redis keys that are spelled outside their catalogue. */
export function spellingFaults(sources: readonly SourceFile[]): readonly string[] {
  return catalogues.flatMap(({ what, pattern, file }) =>
    productionStrings(sources)
      .filter(({ text, place }) => pattern.test(text) && !place.startsWith(`${file}:`))
      .map(
        ({ text, place }) => `${place}: "${excerpt(text)}" spells ${what}; take it from ${file}`,
      ),
  );
}

/** Metric names that the catalogue lacks, and metrics that it has and nobody counts. */
export function metricFaults(
  sources: readonly SourceFile[],
  catalogue: readonly string[],
): readonly string[] {
  const file = 'services/shared/runtime/metric-catalogue.ts';
  const used = productionStrings(sources.filter(({ path }) => path !== file)).flatMap(
    ({ text, place }) =>
      [...text.matchAll(/\btributary_[a-z_0-9]+/g)].map(([name]) => ({ name, place })),
  );
  const names = new Set(used.map(({ name }) => name));
  const unknown = used
    .filter(({ name }) => !catalogue.includes(name))
    .map(({ name, place }) => `${place}: the metric ${name} is not in ${file}; add it there`);
  const unused = catalogue
    .filter((name) => !names.has(name))
    .map((name) => `${file}: nobody counts ${name}; count it or remove it`);
  return [...unknown, ...unused];
}

/** Tables that SQL in the code names and no migration makes. */
export function tableFaults(
  sources: readonly SourceFile[],
  files: readonly ProjectFile[],
): readonly string[] {
  const made = tablesOf(files);
  const strings = productionStrings(sources).filter(({ text }) => isSql(text));
  const within = new Set(strings.flatMap(({ text }) => namesOf(/\b(\w+) AS (?:NOT )?\(/g, text)));
  return strings.flatMap(({ text, place }) =>
    namesOf(/\b(?:FROM|(?<!ARRAY )JOIN|INTO|TABLE) ([a-z]\w*)/g, text)
      .filter((name) => !made.has(name) && !within.has(name) && name !== 'system')
      .map((name) => `${place}: no migration in schemas/clickhouse makes the table ${name}`),
  );
}

function tablesOf(files: readonly ProjectFile[]): ReadonlySet<string> {
  const migrations = files.filter(({ path }) => /^schemas\/clickhouse\/.*\.sql$/.test(path));
  const made = /CREATE (?:TABLE|VIEW|MATERIALIZED VIEW) (?:IF NOT EXISTS )?(\w+)/g;
  // The table of the migrations themselves is made by the code that applies them.
  return new Set(['schema_migrations', ...migrations.flatMap(({ text }) => namesOf(made, text))]);
}

/** Outcomes that SQL compares with and nothing ever has. */
export function outcomeFaults(
  sources: readonly SourceFile[],
  outcomes: readonly string[],
): readonly string[] {
  return productionStrings(sources).flatMap(({ text, place }) =>
    namesOf(/\boutcome (?:=|!=|IN) \(?'(\w+)'/g, text)
      .filter((name) => !outcomes.includes(name))
      .map((name) => `${place}: there is no outcome ${name}; outcome.ts lists them`),
  );
}

function productionStrings(sources: readonly SourceFile[]) {
  return sources.filter(({ path }) => /^(services|deploy|bench)\//.test(path)).flatMap(stringsOf);
}

function isSql(text: string): boolean {
  return /\b(SELECT|INSERT INTO|FROM|JOIN|ALTER TABLE|OPTIMIZE TABLE)\b/.test(text);
}

function namesOf(pattern: RegExp, text: string): readonly string[] {
  return [...text.matchAll(pattern)].map(([, name = '']) => name);
}

function excerpt(text: string): string {
  return text.trim().slice(0, 40);
}
