import ts from 'typescript';
import { type ProjectFile, placeOf, type SourceFile, walk } from './tree';

const longestFile = 300;
const longestFunction = 70;

/** Files that have outgrown one subject. */
export function fileSizeFaults(files: readonly ProjectFile[]): readonly string[] {
  const code = files.filter(({ path }) => /\.(ts|mts|js|mjs|lua|sql|sh)$/.test(path));
  return code.flatMap(({ path, text }) => {
    const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
    if (lines <= longestFile) return [];
    return [`${path}: ${lines} lines; split it by subject (${longestFile} at most)`];
  });
}

/** Functions that do more than one thing. Functions of a test file's `describe` are its structure,
 *  not its size. */
export function functionSizeFaults(sources: readonly SourceFile[]): readonly string[] {
  return sources.flatMap((source) => {
    const faults: string[] = [];
    walk(source.tree, (node) => {
      if (!ts.isFunctionLike(node) || !('body' in node) || isDescribe(node.parent)) return;
      const lines = lineCount(source, node);
      if (lines <= longestFunction) return;
      faults.push(
        `${placeOf(source, node)}: a function of ${lines} lines; take parts of it out (${longestFunction} at most)`,
      );
    });
    return faults;
  });
}

function isDescribe(node: ts.Node): boolean {
  return ts.isCallExpression(node) && /^describe\b/.test(node.expression.getText());
}

function lineCount({ tree }: SourceFile, node: ts.Node): number {
  const line = (position: number) => tree.getLineAndCharacterOfPosition(position).line;
  return line(node.getEnd()) - line(node.getStart(tree)) + 1;
}

/** Default exports, enums and barrels: each hides where a name comes from. */
export function constructFaults(sources: readonly SourceFile[]): readonly string[] {
  return sources.flatMap((source) => {
    const faults: string[] = [];
    const fault = (node: ts.Node, advice: string) =>
      faults.push(`${placeOf(source, node)}: ${advice}`);
    walk(source.tree, (node) => {
      if (isDefaultExport(node)) fault(node, 'a default export; give it its name');
      if (ts.isEnumDeclaration(node)) fault(node, 'an enum; use a union of strings');
      if (ts.isExportDeclaration(node) && node.exportClause === undefined) {
        fault(node, 'export *; let users import from where the thing is');
      }
    });
    return faults;
  });
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true;
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)
  );
}

const emptyNames = ['types', 'utils', 'util', 'helpers', 'helper', 'common', 'interfaces', 'misc'];

/** Folders and files named by kind instead of by subject. */
export function nameFaults(files: readonly ProjectFile[]): readonly string[] {
  const code = files.filter(({ path }) =>
    /^(services|deploy|bench|test)\/.*(?<!\.d)\.ts$/.test(path),
  );
  return code.flatMap(({ path }) => {
    const parts = path.replace(/(\.test)?\.ts$/, '').split('/');
    const empty = parts.find((part) => emptyNames.includes(part));
    if (empty !== undefined) return [`${path}: "${empty}" says nothing; name it by its subject`];
    if (parts.at(-1) === 'index') return [`${path}: a barrel; import from the files themselves`];
    const odd = parts.find((part) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(part));
    return odd === undefined ? [] : [`${path}: write "${odd}" in lower-case words with hyphens`];
  });
}

/** `process.env` outside the places where a process begins. */
export function environmentFaults(sources: readonly SourceFile[]): readonly string[] {
  const within = sources.filter(
    ({ path }) => path.startsWith('services/') && !/^services\/[a-z]+\/main\.ts$/.test(path),
  );
  return within.flatMap((source) => {
    const faults: string[] = [];
    walk(source.tree, (node) => {
      if (!ts.isPropertyAccessExpression(node) || node.getText() !== 'process.env') return;
      faults.push(`${placeOf(source, node)}: process.env; make it a setting, which main.ts reads`);
    });
    return faults;
  });
}
