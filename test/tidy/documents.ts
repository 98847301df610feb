import ts from 'typescript';
import type { MetricSpec } from '../../services/shared/runtime/metric-catalogue';
import { type ProjectFile, type SourceFile, stringsOf, walk } from './tree';

type Catalogue = Readonly<Record<string, MetricSpec>>;

/** The row that a metric has in the document. */
export function metricRow(name: string, { type, by, help, labels }: MetricSpec): string {
  const shown = labels.map((label) => `\`${label}\``).join(', ');
  return `| \`${name}\` | ${type} | ${by} | ${shown} | ${help} |`;
}

const metricsPage = 'docs/METRICS.md';

/** The document of the metrics must have each metric's row as the catalogue makes it, and no other. */
export function metricsPageFaults(
  files: readonly ProjectFile[],
  catalogue: Catalogue,
): readonly string[] {
  const page = files.find(({ path }) => path === metricsPage)?.text ?? '';
  const found = page.split('\n').filter((line) => line.startsWith('| `tributary_'));
  const rows = Object.entries(catalogue).map(([name, spec]) => metricRow(name, spec));
  return [
    ...rows.filter((row) => !found.includes(row)).map((row) => `${metricsPage}: add ${row}`),
    ...found.filter((row) => !rows.includes(row)).map((row) => `${metricsPage}: remove ${row}`),
  ];
}

/** Names of one kind that documents may use. */
export interface Vocabulary {
  readonly what: string;
  readonly pattern: RegExp;
  readonly known: readonly string[];
}

/** Metrics, topics and settings that a document names and the code does not have. */
export function vocabularyFaults(
  files: readonly ProjectFile[],
  vocabularies: readonly Vocabulary[],
): readonly string[] {
  const documents = files.filter(({ path }) => path.endsWith('.md'));
  return documents.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) =>
      vocabularies.flatMap(({ what, pattern, known }) =>
        [...line.matchAll(pattern)]
          .map(([name]) => name)
          .filter((name) => !known.includes(name))
          .map((name) => `${path}:${index + 1}: there is no ${what} ${name}; write what there is`),
      ),
    ),
  );
}

const settingName = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/;

/** Every environment variable that the code reads: named in a table or read by itself. */
export function settingNames(sources: readonly SourceFile[]): readonly string[] {
  const production = sources.filter(({ path }) => /^(services|deploy|bench)\//.test(path));
  return production.flatMap((source) => {
    const names = stringsOf(source).map(({ text }) => text);
    walk(source.tree, (node) => {
      if (ts.isIdentifier(node)) names.push(node.text);
    });
    return names.filter((name) => settingName.test(name));
  });
}
