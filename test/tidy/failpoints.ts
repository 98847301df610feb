import ts from 'typescript';
import { importsOf } from './imports';
import { placeOf, type SourceFile, stringsOf, walk } from './tree';

/** What clients of servers can do without changing anything there that outlives them. Whatever else
 *  is called on one has a side effect. */
const harmless: Readonly<Record<string, readonly string[]>> = {
  redis: ['on', 'once', 'ping', 'info', 'disconnect', 'pipeline', 'sismember', 'hgetall'].concat(
    ...['zrevrange', 'status', 'get', 'mget', 'scanStream', 'exists', 'hget', 'hmget'],
  ),
  pipeline: ['exec', 'zrevrange', 'hgetall', 'get', 'hget', 'hmget'],
  producer: ['connect', 'disconnect'],
  admin: [
    ...['connect', 'disconnect', 'describeCluster', 'describeGroups', 'listTopics'],
    ...['fetchOffsets', 'fetchTopicOffsets', 'fetchTopicMetadata'],
  ],
  clickhouse: ['rows', 'ping', 'close'],
  client: ['query', 'ping', 'close'],
};

/** They make a client, which by itself does nothing. */
const makersOfClients = ['connectRedis', 'connectClickHouse', 'createKafka'];

/** Functions with side effects that a service calls past every failpoint, side effects that a service
 *  has without a store, and names of failpoints that stand in no place or in two. */
export function failpointFaults(
  sources: readonly SourceFile[],
  names: readonly string[],
): readonly string[] {
  const production = sources.filter(({ path }) => path.startsWith('services/'));
  const isShared = ({ path }: SourceFile) => path.startsWith('services/shared/');
  const effectful = effectfulFunctions(production.filter(isShared));
  const services = production.filter((source) => !isShared(source));
  return [
    ...services.flatMap((source) => [
      ...rawEffects(source.tree).map(
        (node) => `${placeOf(source, node)}: ${node.getText()} past every failpoint; use a store`,
      ),
      ...unguardedCalls(source, effectful),
    ]),
    ...misplacedNames(services, names),
  ];
}

function misplacedNames(
  services: readonly SourceFile[],
  names: readonly string[],
): readonly string[] {
  const strings = services.flatMap(stringsOf);
  return names.flatMap((name) => {
    const places = strings.filter(({ text }) => text === name).map(({ place }) => place);
    if (places.length === 1) return [];
    return [`failpoint ${name} stands in ${places.length} places: ${places.join(', ')}; in one`];
  });
}

function unguardedCalls(source: SourceFile, effectful: ReadonlySet<string>): readonly string[] {
  const imported = importedNames(source);
  const faults: string[] = [];
  walk(source.tree, (node) => {
    if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return;
    const called = imported.get(node.expression.text);
    if (called === undefined || !effectful.has(called)) return;
    if (makersOfClients.includes(node.expression.text) || isGuarded(node)) return;
    faults.push(
      `${placeOf(source, node)}: ${node.expression.text} has side effects; put failpoints.around ` +
        'it, or through what it is given',
    );
  });
  return faults;
}

/** A failpoint around the call, or around something it is given. */
function isGuarded(call: ts.CallExpression): boolean {
  const isFailpoint = (node: ts.Node) =>
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    /\b(failpoints|createFailpoints\([^)]*\))\.(around|through)$/s.test(node.expression.getText());
  if (isFailpoint(call.parent)) return true;
  let found = false;
  walk(call, (node) => {
    found ||= isFailpoint(node);
  });
  return found;
}

/** `file:name` of every function that has a side effect on a server, itself or through another. */
function effectfulFunctions(sources: readonly SourceFile[]): ReadonlySet<string> {
  const functions = sources.flatMap((source) =>
    source.tree.statements.filter(isNamedFunction).map((node) => ({
      id: `${source.path}:${node.name.text}`,
      uses: namesUsed(source, node),
      isRaw: rawEffects(node).length > 0,
    })),
  );
  const found = new Set(functions.filter(({ isRaw }) => isRaw).map(({ id }) => id));
  for (let before = -1; found.size > before; ) {
    before = found.size;
    for (const { id, uses } of functions) if (uses.some((used) => found.has(used))) found.add(id);
  }
  return found;
}

function isNamedFunction(node: ts.Node): node is ts.FunctionDeclaration & { name: ts.Identifier } {
  return ts.isFunctionDeclaration(node) && node.name !== undefined;
}

/** Methods of clients that change something, and the commit of offsets. */
function rawEffects(within: ts.Node): readonly ts.Node[] {
  const found: ts.Node[] = [];
  // Elsewhere a pipeline is one of services.
  const isOfRedis = within.getSourceFile().fileName.includes('/redis/');
  walk(within, (node) => {
    if (!ts.isCallExpression(node)) return;
    const called = node.expression;
    if (ts.isIdentifier(called) && called.text === 'commit') found.push(called);
    if (!ts.isPropertyAccessExpression(called)) return;
    const receiver = /(\w+)(\(\))?$/.exec(called.expression.getText())?.[1] ?? '';
    const isClient = Object.hasOwn(harmless, receiver) && (receiver !== 'pipeline' || isOfRedis);
    const allowed = isClient ? harmless[receiver] : undefined;
    if (allowed !== undefined && !allowed.includes(called.name.text)) found.push(called);
  });
  return found;
}

function namesUsed(source: SourceFile, node: ts.Node): readonly string[] {
  const imported = importedNames(source);
  const local = new Set(source.tree.statements.filter(isNamedFunction).map((one) => one.name.text));
  const used: string[] = [];
  walk(node, (inner) => {
    if (!ts.isIdentifier(inner)) return;
    const from = imported.get(inner.text);
    if (from !== undefined) used.push(from);
    else if (local.has(inner.text)) used.push(`${source.path}:${inner.text}`);
  });
  return used;
}

/** What a file imports, as `file:name`, by the name it has here. */
function importedNames(source: SourceFile): ReadonlyMap<string, string> {
  const files = new Map(importsOf(source).map(({ place, file }) => [place, file]));
  const names = new Map<string, string>();
  for (const node of source.tree.statements) {
    if (!ts.isImportDeclaration(node)) continue;
    const bindings = node.importClause?.namedBindings;
    if (bindings === undefined || !ts.isNamedImports(bindings)) continue;
    const file = files.get(placeOf(source, node));
    for (const { name, propertyName } of bindings.elements) {
      names.set(name.text, `${file}:${(propertyName ?? name).text}`);
    }
  }
  return names;
}
