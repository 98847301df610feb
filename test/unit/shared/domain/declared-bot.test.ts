import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { declaredBot } from '../../../../services/shared/domain/declared-bot';
import { projectRoot } from '../../../../services/shared/runtime/root';

test('the part that gives a crawler away is named', () => {
  expect(declaredBot('Mozilla/5.0 (compatible; bingbot/2.0)')).toMatch(/bot/i);
  expect(
    declaredBot('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'),
  ).toBeNull();
});

const file = resolve(projectRoot, '../shared/data/user-agents/labelled_uas_open.tsv.gz');
const measured = existsSync(file) ? test : test.skip;

measured('labelled agents: at least 97 % of bots are found, at most 1.5 % of people are', () => {
  const lines = gunzipSync(readFileSync(file)).toString('utf8').split('\n').slice(1);
  const shareOf = (wanted: string) => {
    const agents = lines.map((line) => line.split('\t')).filter(([label]) => label === wanted);
    const found = agents.filter(([, , , agent = '']) => declaredBot(agent) !== null);
    expect(agents.length).toBeGreaterThan(1000);
    return found.length / agents.length;
  };
  expect(shareOf('bot')).toBeGreaterThanOrEqual(0.97);
  expect(shareOf('human')).toBeLessThanOrEqual(0.015);
});
