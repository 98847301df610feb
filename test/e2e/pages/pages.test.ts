import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { waitUntilProcessed } from '../../../deploy/start/measured-replay';
import { outcomes } from '../../../services/shared/domain/outcome';
import { chromiumPath } from '../../support/chromium';
import { eventually } from '../../support/eventually';
import { startTestStack, type TestStack } from '../../support/test-stack';
import { type Browsing, openPage } from './browsing';
import { commerce, hostile, lamp, refused, twice } from './sent-events';

const executablePath = chromiumPath(process.env);
/** A test that is skipped where there is no browser. */
const look = executablePath === null ? test.skip : test;
if (executablePath === null) {
  const advice = 'install chromium, or name one in CHROMIUM_PATH';
  process.stderr.write(`pages are not looked at: ${advice}\n`);
}

const shots = mkdtempSync(join(tmpdir(), 'tributary-pages-'));
const sizes = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } } as const;
const schemes = ['light', 'dark'] as const;

let stack: TestStack;
let browser: Browser;
let sent = 0;

async function send(messages: readonly object[]): Promise<void> {
  const reply = await fetch(`${stack.urls.collector}/v1/batch`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from('demo-write-key:').toString('base64')}`,
      'content-type': 'application/json',
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0 Safari/537.36',
    },
    body: JSON.stringify({ batch: messages, sentAt: new Date().toISOString() }),
  });
  // 400 names the items that were refused; the others are taken.
  expect([200, 400]).toContain(reply.status);
  sent += messages.length;
  await waitUntilProcessed(stack, { accepted: sent, say: () => {} });
}

// biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of an answer.
async function api(path: string): Promise<any> {
  return (await fetch(`${stack.urls.insights}${path}`)).json();
}

function open(path: string, options: Partial<Browsing> = {}): Promise<Page> {
  return openPage(browser, `${stack.urls.insights}${path}`, {
    ...{ viewport: sizes.wide, colorScheme: 'light' },
    ...options,
  });
}

async function cellsOf(page: Page, rows: string): Promise<readonly (readonly string[])[]> {
  const found = await page.locator(rows).all();
  return Promise.all(found.map((row) => row.locator('th, td').allTextContents()));
}

beforeAll(async () => {
  if (executablePath === null) return;
  stack = await startTestStack();
  browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox'],
  });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
  if (executablePath !== null) process.stderr.write(`the pages as they looked: ${shots}\n`);
}, 60_000);

look(
  'before the first event, the debugger says how to send it',
  async () => {
    const page = await open('/debugger');
    const command = await page.locator('#none pre').textContent();
    expect(command).toContain(`curl -u demo-write-key: ${stack.urls.collector}/v1/track`);
    await expect(page.locator('#none').textContent()).resolves.toContain('config/tenants.yaml');
    await page.context().close();
  },
  30_000,
);

look(
  'the live page says what the API says',
  async () => {
    await send([...commerce, ...hostile, ...refused, ...twice]);
    const page = await open('/');
    const { accepted, outcomes: by, reasons, unaccounted, doubled } = await api('/v1/ledger');
    const texts = (selector: string) => page.locator(selector).allTextContents();
    await eventually(async () => (await page.locator('#accepted').textContent()) === String(sent), {
      ...{ deadlineMs: 10_000, message: 'all that was accepted is shown' },
    });
    expect([accepted, unaccounted, doubled]).toEqual([sent, 0, 0]);
    expect(await texts('.figures dd:not(.more)')).toEqual(
      [accepted, by.counted, accepted - by.counted, 0, 0].map(String),
    );
    const removed = (await cellsOf(page, '#reasons tr')).map((cells) => cells.slice(0, 2));
    const expected = reasons
      .filter(({ outcome }: { outcome: string }) => outcome !== 'counted')
      .map(({ reason, events }: { reason: string; events: number }) => [
        reason.replaceAll('_', ' '),
        String(events),
      ]);
    expect(new Set(removed.map(String))).toEqual(new Set(expected.map(String)));
    const [{ steps }] = (await api('/v1/funnel?interval=total')).rows;
    expect(await texts('#funnel .people')).toEqual(
      steps.map(({ entered }: { entered: number }) => String(entered)),
    );
    const { rows } = await api('/v1/channels');
    const ungrouped = (cell: string) => cell.replaceAll(',', '');
    const channels = await cellsOf(page, '#channels tr');
    const shown = channels.map((cells) => cells.map(ungrouped));
    expect(new Set(shown.map(String))).toEqual(
      new Set(
        rows.map((row: Record<string, unknown>) =>
          [row.channel, row.sessions, row.orders, row.revenue].map(String).join(),
        ),
      ),
    );
    await eventually(
      async () => (await page.locator('#latency-note').textContent())?.startsWith('p99 since'),
      {
        ...{ deadlineMs: 10_000, message: 'click to tag is shown' },
      },
    );
    await page.context().close();
  },
  90_000,
);

look(
  'the tags of the followed person change as they click',
  async () => {
    const page = await open('/');
    await page.fill('#user', 'ada');
    await page.keyboard.press('Enter');
    const tag = page.locator('#tags tr', { hasText: 'Lamps' });
    expect(await tag.count()).toBe(0);
    const event = { type: 'track', event: 'Product Added', anonymousId: 'ada' };
    await send([{ ...event, messageId: 'lamp', properties: lamp }]);
    await tag.waitFor({ timeout: 10_000 });
    const { tags } = await api('/v1/users/ada/tags');
    const { weight } = tags.find((one: { tag: string }) => one.tag === 'category:Lamps');
    expect(await tag.locator('td').first().textContent()).toBe(weight.toFixed(1));
    expect(page.url()).toContain('user=ada');
    await page.context().close();
  },
  60_000,
);

look(
  'the debugger says why an event was refused, and what to do; each outcome can be chosen',
  async () => {
    const page = await open('/debugger?search=bad-amount');
    const row = page.locator('#events .line');
    await row.waitFor({ timeout: 10_000 });
    expect(await row.textContent()).toMatch(/refused[\s\S]*invalid amount: revenue: '1,234.50'/);
    await row.locator('button').press('Enter');
    const story = page.locator('.story');
    await story.locator('.sent').waitFor({ timeout: 10_000 });
    expect(await story.locator('.advice').textContent()).toContain('39.9');
    await story.locator('summary').click();
    expect(await story.locator('pre').textContent()).toContain('"revenue": "1,234.50"');
    const radios = await page.locator('#outcomes input').all();
    const choices = await Promise.all(radios.map((radio) => radio.getAttribute('value')));
    expect(new Set(choices)).toEqual(new Set(['', ...outcomes]));
    await page.fill('#search', '');
    await page.locator('label[for=outcome-duplicate]').click();
    await eventually(
      async () =>
        new Set(await page.locator('#events .line .chip').allTextContents()).size === 1 &&
        (await page.locator('#events .line').count()) === 1,
      { deadlineMs: 10_000, message: 'only the duplicate is listed' },
    );
    await page.context().close();
  },
  60_000,
);

describe.each(schemes)('%s', (colorScheme) => {
  look.each(['wide', 'narrow'] as const)(
    '%s: strangers’ names are text, and fit',
    async (size) => {
      for (const [name, path] of [
        ['live', '/?user=%3Cb%3Eada'],
        ['debugger', '/debugger?search=hostile'],
      ] as const) {
        const page = await open(path, { viewport: sizes[size], colorScheme });
        const names = page.locator('.event > bdi:first-child');
        await names.first().waitFor({ timeout: 10_000 });
        if (name === 'debugger') {
          const wanted = hostile.map(({ event }) => event).sort();
          expect((await names.allTextContents()).sort()).toEqual(wanted);
          for (const opener of await page.locator('.opener').all()) await opener.click();
          await eventually(async () => (await page.locator('.sent').count()) === hostile.length, {
            ...{ deadlineMs: 10_000, message: 'every story is told' },
          });
        }
        expect(await page.locator('script:not([src]), main img, main b').count()).toBe(0);
        const beyond = 'document.documentElement.scrollWidth - innerWidth';
        expect(await page.evaluate<number>(beyond)).toBeLessThanOrEqual(0);
        await page.screenshot({
          path: join(shots, `${name}-${size}-${colorScheme}.png`),
          fullPage: true,
        });
        await page.context().close();
      }
    },
    60_000,
  );
});
