import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { servicePlans } from '../../../../deploy/start/service-plans';
import { projectRoot } from '../../../../services/shared/runtime/root';
import { exposition, ownLines, queryableNames } from '../../../support/exposition';
import { runProgram, testWith } from '../../../support/programs';

const promtool = { name: 'promtool', package: 'prometheus', probe: ['--version'] };

const folder = 'deploy/prometheus';
const configuration = parse(readFileSync(join(projectRoot, folder, 'prometheus.yml'), 'utf8')) as {
  scrape_configs: { job_name: string; dns_sd_configs?: { names: string[]; port: number }[] }[];
};
const alertTests = 'test/unit/deploy/around/alerts.yml';
const alerts = readFileSync(join(projectRoot, folder, 'alerts.yml'), 'utf8');

testWith(promtool)('promtool accepts the scrape configuration and the alerts', async () => {
  expect(runProgram('promtool', ['check', 'config', `${folder}/prometheus.yml`])).toContain(
    'SUCCESS',
  );
});

testWith(promtool)('promtool has nothing to say about the names of the metrics', async () => {
  const text = ownLines(await exposition('collector'));
  expect(runProgram('promtool', ['check', 'metrics'], text)).toBe('');
});

testWith(promtool)('alerts go off when they should, and not before', async () => {
  expect(runProgram('promtool', ['test', 'rules', alertTests])).toContain('SUCCESS');
});

test('every alert says in one sentence what to do, and is tested to go off and not to', () => {
  type Rule = { alert: string; annotations: { summary?: string; action?: string } };
  const { groups } = parse(alerts) as { groups: { rules: Rule[] }[] };
  const rules = groups.flatMap((group) => group.rules);
  for (const { annotations } of rules) expect(annotations.action).toMatch(/^[A-Z].{15,150}\.$/);
  type Case = { alertname: string; exp_alerts: unknown[] };
  const file = parse(readFileSync(join(projectRoot, alertTests), 'utf8'));
  const cases = (file as { tests: { alert_rule_test: Case[] }[] }).tests.flatMap(
    (one) => one.alert_rule_test,
  );
  const names = (some: boolean) =>
    new Set(cases.filter((one) => one.exp_alerts.length > 0 === some).map((one) => one.alertname));
  const all = new Set(rules.map(({ alert }) => alert));
  expect([names(true), names(false)]).toEqual([all, all]);
});

test('every process of every service is scraped at its port', () => {
  const found = configuration.scrape_configs.flatMap(({ job_name, dns_sd_configs = [] }) =>
    dns_sd_configs.map(({ names, port }) => ({ job_name, names, port })),
  );
  const wanted = servicePlans.map(({ name, defaultPort: port }) => ({
    job_name: name,
    names: [name],
    port,
  }));
  expect(new Set(found)).toEqual(new Set(wanted));
});

test('alerts ask for metrics that there are', async () => {
  const known = queryableNames(await exposition('collector'));
  const asked = alerts.match(/\b(tributary|process|nodejs)_\w+/g) ?? [];
  expect(asked.length).toBeGreaterThan(8);
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
});
