import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../../services/shared/runtime/root';

const english = partsOf('README.md');
const chinese = partsOf('README.zh.md');

/** What must be alike in two languages: the order of headings, commands, tables and links. */
function partsOf(file: string) {
  const text = readFileSync(join(projectRoot, file), 'utf8');
  const blocks = [...text.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(
    ([, language, body = '']) => ({
      language,
      // Comments in a block are prose, and translated; so is the drawing, which has no command.
      commands: body.split('\n').map((line) => line.replace(/\s+# .*$/, '')),
    }),
  );
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '');
  return {
    headings: [...prose.matchAll(/^(#+) (.+)$/gm)].map(([, level = '', title = '']) => ({
      level: level.length,
      title,
    })),
    commands: blocks.filter(({ commands }) => !commands.some((line) => line.includes('──▶'))),
    blocks: blocks.length,
    code: new Set([...prose.matchAll(/`([^`\n]+)`/g)].map(([, name = '']) => name)),
    links: [...prose.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target),
    text,
  };
}

test('headings are equal in number, order and level, and are translated', () => {
  const levels = ({ headings }: typeof english) => headings.map(({ level }) => level);
  expect(levels(chinese)).toEqual(levels(english));
  for (const { level, title } of chinese.headings) {
    if (level > 1) expect(title).toMatch(/\p{Script=Han}/u);
  }
});

test('code blocks are equal: the same commands in the same order', () => {
  expect(chinese.blocks).toBe(english.blocks);
  expect(chinese.commands).toEqual(english.commands);
});

test('both name the same calls, files and settings, and link to the same pages', () => {
  const settings = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/;
  const inEnglish = [...english.code].filter((name) => !isInTable(name, english.text));
  expect(inEnglish.filter((name) => !chinese.code.has(name) && !settings.test(name))).toEqual([]);
  const other = (links: readonly (string | undefined)[]) =>
    links.filter((link) => !/^README(\.zh)?\.md/.test(link ?? ''));
  expect(new Set(other(chinese.links))).toEqual(new Set(other(english.links)));
});

test('each README leads to the other', () => {
  expect(english.links).toContain('README.zh.md');
  expect(chinese.links).toContain('README.md');
});

/** The table of settings is made from the code, in English: the Chinese page links to it. */
function isInTable(name: string, text: string): boolean {
  const [begin, end] = [text.indexOf('<!-- settings'), text.indexOf('<!-- /settings')];
  const outside = text.slice(0, begin) + text.slice(end);
  return !outside.includes(`\`${name}\``);
}
