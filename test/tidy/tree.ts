import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** A file of the project, by its path from the project's folder. */
export interface ProjectFile {
  readonly path: string;
  readonly text: string;
}

export interface SourceFile extends ProjectFile {
  readonly tree: ts.SourceFile;
}

/** Every file that is in version control or could be: not what git ignores. */
export function projectFiles(root: string): readonly ProjectFile[] {
  const listed = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
    cwd: root,
  });
  const paths = [...new Set(listed.toString().split('\0'))].filter((path) => path !== '');
  return paths
    .filter((path) => existsSync(join(root, path)))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** The TypeScript among them, parsed. */
export function sourceFiles(files: readonly ProjectFile[]): readonly SourceFile[] {
  return files
    .filter(({ path }) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .map(({ path, text }) => aSource(path, text));
}

export function aSource(path: string, text: string): SourceFile {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  return { path, text, tree };
}

/** Calls `visit` for each node below and including `node`. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

/** `path:line`, as editors jump to it. */
export function placeOf({ path, tree }: SourceFile, node: ts.Node): string {
  return `${path}:${tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1}`;
}

/** The text of each string in the code: literals, and the fixed parts of templates. Module names of
 *  imports are not among them. */
export function stringsOf(source: SourceFile): readonly { text: string; place: string }[] {
  const strings: { text: string; place: string }[] = [];
  walk(source.tree, (node) => {
    const isText = ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node);
    if (!isText || ts.isImportDeclaration(node.parent)) return;
    strings.push({ text: node.text, place: placeOf(source, node) });
  });
  return strings;
}
