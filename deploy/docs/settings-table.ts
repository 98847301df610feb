import { cleanerSettings } from '../../services/cleaner/config';
import { collectorSettings } from '../../services/collector/config';
import { insightsSettings } from '../../services/insights/config';
import { interestsSettings } from '../../services/interests/config';
import { metricsSettings } from '../../services/metrics/config';
import type { Setting, SettingsTable } from '../../services/shared/runtime/config';
import { setupSettings } from '../setup/config';

/** What each program can be told, by the program's name. */
export const settingsByProgram: Readonly<Record<string, SettingsTable>> = {
  collector: collectorSettings,
  cleaner: cleanerSettings,
  interests: interestsSettings,
  metrics: metricsSettings,
  insights: insightsSettings,
  'set-up': setupSettings,
};

const begin = '<!-- settings: UPDATE_DOCS=1 npx jest settings-table writes this table -->';
const end = '<!-- /settings -->';

/** A document with the table between its two marks made anew. Throws where they are missing. */
export function withSettingsTable(document: string): string {
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`put the table between ${begin} and ${end}`);
  return `${document.slice(0, from)}${begin}\n${settingsTable()}\n${document.slice(to)}`;
}

/** Every setting as a Markdown table. One that means the same to several programs, with the same
 *  default, is one row. */
export function settingsTable(): string {
  const rows = new Map<string, { readonly line: Setting<unknown>; readonly programs: string[] }>();
  for (const [program, table] of Object.entries(settingsByProgram)) {
    for (const line of Object.values(table)) {
      const key = [line.env, defaultOf(line), line.doc].join('\n');
      const row = rows.get(key) ?? { line, programs: [] };
      row.programs.push(program);
      rows.set(key, row);
    }
  }
  return [
    '| variable | default | for | |',
    '|---|---|---|---|',
    ...[...rows.values()].map(({ line, programs }) => {
      const [value, unit] = [defaultOf(line), unitWords.has(line.unit) ? '' : ` ${line.unit}`];
      const shown = value === '' ? '' : `\`${value}\`${unit}`;
      return `| \`${line.env}\` | ${shown} | ${readersOf(programs)} | ${line.doc} |`;
    }),
  ].join('\n');
}

/** The default as it could be written into the variable; empty for none. */
export function defaultOf({ parser, fallback }: Setting<unknown>): string {
  if (fallback === null || fallback.value === null) return '';
  const { value } = fallback;
  if (parser.unit === 'ms') return inUnits(Number(value), durations);
  if (parser.unit === 'bytes') return inUnits(Number(value), sizes);
  return typeof value === 'string' ? value : parser.show(value);
}

/** Units that the default itself is written with. */
const unitWords: ReadonlySet<string> = new Set(['', 'ms', 'bytes']);

const durations = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
const sizes = { GiB: 2 ** 30, MiB: 2 ** 20, KiB: 2 ** 10, B: 1 };

/** In the largest unit that leaves a whole number: `7d`, `512KiB`. */
function inUnits(value: number, units: Readonly<Record<string, number>>): string {
  for (const [unit, size] of Object.entries(units)) {
    if (value !== 0 && value % size === 0) return `${value / size}${unit}`;
  }
  return String(value);
}

function readersOf(programs: readonly string[]): string {
  return programs.length === Object.keys(settingsByProgram).length ? 'all' : programs.join(', ');
}
