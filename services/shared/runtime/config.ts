import type { Parser } from './parser';

/** One line of a service's settings table. */
export interface Setting<T> {
  readonly parser: Parser<T>;
  /** Name of the environment variable. */
  readonly env: string;
  readonly fallback: { readonly value: T } | null;
  readonly unit: string;
  /** One sentence for `--check-config` and the service's page. */
  readonly doc: string;
}

export interface SettingSpec<T> {
  readonly env: string;
  /** Without one the variable must be set. */
  readonly default?: NoInfer<T>;
  /** Where it is not the parser's own. */
  readonly unit?: string;
  readonly doc: string;
}

export function setting<T>(parser: Parser<T>, spec: SettingSpec<NoInfer<T>>): Setting<T> {
  const fallback = 'default' in spec ? { value: spec.default as T } : null;
  return { parser, env: spec.env, fallback, unit: spec.unit ?? parser.unit, doc: spec.doc };
}

export type SettingsTable = Readonly<Record<string, Setting<unknown>>>;
export type SettingsOf<Table extends SettingsTable> = {
  readonly [Key in keyof Table]: Table[Key] extends Setting<infer T> ? T : never;
};
export type Environment = Readonly<Record<string, string | undefined>>;

export type ParsedSettings<Table extends SettingsTable> =
  | { readonly ok: true; readonly settings: SettingsOf<Table> }
  | { readonly ok: false; readonly faults: readonly string[] };

/** sysexits.h EX_CONFIG: a supervisor that sees it need not try again. */
export const configExitCode = 78;

/** Reads a table from the environment; every fault at once. An empty variable counts as unset. */
export function parseSettings<Table extends SettingsTable>(
  table: Table,
  env: Environment,
): ParsedSettings<Table> {
  const faults: string[] = [];
  const settings: Record<string, unknown> = {};
  for (const [name, line] of Object.entries(table)) {
    try {
      settings[name] = settingValue(line, env[line.env]);
    } catch (error) {
      faults.push(`${line.env} ${(error as Error).message}`);
    }
  }
  if (faults.length > 0) return { ok: false, faults };
  return { ok: true, settings: Object.freeze(settings) as SettingsOf<Table> };
}

/** The settings of a process. Faults are printed, all of them, and the process exits 78; with
 *  `--check-config` among the arguments the settings are printed and it exits 0. */
export function readSettings<Table extends SettingsTable>(
  table: Table,
  env: Environment,
  argv: readonly string[] = process.argv,
): SettingsOf<Table> {
  const parsed = parseSettings(table, env);
  if (!parsed.ok) {
    process.stderr.write(`${parsed.faults.map((fault) => `config: ${fault}`).join('\n')}\n`);
    process.exit(configExitCode);
  }
  if (argv.includes('--check-config')) {
    process.stdout.write(`${describeSettings(table, parsed.settings).join('\n')}\n`);
    process.exit(0);
  }
  return parsed.settings;
}

/** One line a setting: variable, value with its unit (secrets hidden), sentence. */
export function describeSettings<Table extends SettingsTable>(
  table: Table,
  settings: SettingsOf<Table>,
): readonly string[] {
  return Object.entries(table).map(([name, line]) => {
    const shown = line.parser.show(settings[name]);
    return `${line.env}=${shown}${line.unit === '' ? '' : ` ${line.unit}`}  # ${line.doc}`;
  });
}

function settingValue(line: Setting<unknown>, text: string | undefined): unknown {
  if (text !== undefined && text !== '') return line.parser.parse(text);
  if (line.fallback !== null) return line.fallback.value;
  throw new Error(`is not set: ${line.doc}`);
}
