import { posix } from 'node:path';
import ts from 'typescript';
import { placeOf, type SourceFile, walk } from './tree';

export interface Import {
  readonly place: string;
  /** The file it reads, by its path from the project's folder; null for a package. */
  readonly file: string | null;
  /** The package, with its scope; `node:fs` and the like for Node's own. Null for a file. */
  readonly package: string | null;
}

/** Everything a file imports: also types, re-exports, `require` and `import()`. */
export function importsOf(source: SourceFile): readonly Import[] {
  const found: Import[] = [];
  walk(source.tree, (node) => {
    const name = moduleName(node);
    if (name !== null) found.push({ place: placeOf(source, node), ...target(source.path, name) });
  });
  return found;
}

function moduleName(node: ts.Node): string | null {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    return textOf(node.moduleSpecifier);
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return textOf(node.argument.literal);
  }
  if (!ts.isCallExpression(node)) return null;
  const { expression } = node;
  const isRequire = ts.isIdentifier(expression) && expression.text === 'require';
  const isImport = expression.kind === ts.SyntaxKind.ImportKeyword;
  return isRequire || isImport ? textOf(node.arguments[0]) : null;
}

function textOf(node: ts.Node | undefined): string | null {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : null;
}

function target(from: string, name: string): Pick<Import, 'file' | 'package'> {
  if (name.startsWith('.')) {
    return { file: `${posix.join(posix.dirname(from), name)}.ts`, package: null };
  }
  if (name.startsWith('node:')) return { file: null, package: name };
  const parts = name.split('/');
  return { file: null, package: parts.slice(0, name.startsWith('@') ? 2 : 1).join('/') };
}
