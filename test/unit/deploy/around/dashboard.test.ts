import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { projectRoot } from '../../../../services/shared/runtime/root';
import { exposition, queryableNames } from '../../../support/exposition';
import { runProgram, testWith } from '../../../support/programs';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const file = join(projectRoot, 'deploy/grafana/dashboards/tributary.json');
const { panels } = JSON.parse(readFileSync(file, 'utf8')) as { panels: readonly Panel[] };
const charts = panels.filter(({ type }) => type !== 'row');
const queries = charts.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

test('the dashboard asks for metrics and labels that there are', async () => {
  const text = await exposition('collector');
  const known = queryableNames(text).add('up');
  const labels = new Set([...text.matchAll(/(?<=[{,])(\w+)="/g)].map(([, name = '']) => name));
  for (const query of queries) {
    const names = query.match(/\b(up|(tributary|process|nodejs)_\w+)\b/g) ?? [];
    expect({ query, names: names.filter((name) => known.has(name)) }).toEqual({ query, names });
    expect(names).toHaveLength(1);
    const used = [...query.matchAll(/\bby \(([^)]*)\)|(\w+)(?==~?"|!=?~?")/g)];
    const asked = used.flatMap(([, by, label]) => (by ?? label ?? '').split(', '));
    const there = asked.filter((label) => labels.has(label) || label === 'job');
    expect({ query, asked: there }).toEqual({ query, asked });
  }
});

test('legends name labels that the query keeps', () => {
  for (const { title, targets = [] } of charts) {
    for (const { expr, legendFormat } of targets) {
      const kept = /\bby \(([^)]*)\)/.exec(expr)?.[1]?.split(', ') ?? [];
      const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
      expect({ title, named }).toEqual({ title, named: kept.filter((label) => label !== 'le') });
    }
  }
});

const promtool = { name: 'promtool', package: 'prometheus', probe: ['--version'] };

testWith(promtool)('every query is one that Prometheus can read', async () => {
  const expressions = queries.map((query) => query.replaceAll('$__rate_interval', '1m'));
  const rules = expressions.map((expr, at) => ({ record: `query:${at}`, expr }));
  const folder = mkdtempSync(join(tmpdir(), 'dashboard-'));
  writeFileSync(join(folder, 'rules.yml'), stringify({ groups: [{ name: 'dashboard', rules }] }));
  try {
    const said = runProgram('promtool', ['check', 'rules', join(folder, 'rules.yml')]);
    expect(said).toContain(`${queries.length} rules found`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('panels have a meaning, a source, an id of their own and a place of their own', () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const taken = new Set<string>();
  for (const { title, description, datasource, gridPos, type } of panels) {
    if (type !== 'row') expect(`${title}: ${description}`).toMatch(/^.+: .+\.$/);
    if (type !== 'row') expect(datasource?.uid).toBe('prometheus');
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        expect(`${title} at ${x},${y} ${taken.has(`${x},${y}`)}`).toMatch(/false$/);
        taken.add(`${x},${y}`);
      }
    }
  }
});

test('the promise of 300 ms is a line in the delay charts', () => {
  const promised = panels.filter(({ title }) => title.startsWith('Click to tag'));
  expect(promised.length).toBe(2);
  for (const panel of promised) expect(JSON.stringify(panel)).toContain('"value":0.3');
});
