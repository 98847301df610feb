import ts from 'typescript';
import { type ProjectFile, type SourceFile, stringsOf, walk } from './tree';

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
  return sources.flatMap((source) => {
    const names = stringsOf(source).map(({ text }) => text);
    walk(source.tree, (node) => {
      if (ts.isIdentifier(node)) names.push(node.text);
    });
    return names.filter((name) => settingName.test(name));
  });
}
