import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import {
  type Browser,
  type BrowserContext,
  chromium,
  type Page,
  type Request,
} from 'playwright-core';
import { eventually } from '../../support/eventually';
import { type Client, type ClientOptions, callOf, type Sdk } from './client';

/** Pages of a shop, with the SDK as it is shipped for browsers. */
export interface Shop extends Sdk {
  /** The same pages, and the SDK told to send in batches. */
  readonly inBatches: Sdk;
  /** A window of one visitor: pages that follow each other share its storage. */
  start(options: ClientOptions): Promise<Visitor>;
  close(): Promise<void>;
}

export interface Visitor extends Client {
  /** Leaves the page; `come` opens a new one. */
  leave(): Promise<void>;
  come(): Promise<void>;
  close(): Promise<void>;
}

/** A person's: that of a headless Chromium says that it is none. */
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

export async function openShop(executablePath: string): Promise<Shop> {
  const server = await servePages();
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const site = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const start = (strategy: 'standard' | 'batching') => async (options: ClientOptions) => {
    const { url: collector, user, retries } = options;
    const query = new URLSearchParams({ collector, user, strategy, retries: String(retries) });
    return visitor(await browser.newContext({ userAgent }), `${site}?${query}`, user);
  };
  const name = '@segment/analytics-next';
  return {
    ...{ name, batches: false, start: start('standard') },
    inBatches: {
      ...{ name: `${name}, batching`, batches: true, start: start('batching') },
    },
    close: () => closeAll(browser, server),
  };
}

async function visitor(context: BrowserContext, address: string, user: string): Promise<Visitor> {
  const page = await context.newPage();
  const given = new Set<number>();
  const delivered = new Set<number>();
  const givenUp = new Set<number>();
  let failures = 0;
  await page.exposeFunction('gaveUp', (n: number) => givenUp.add(n));
  page.on('requestfailed', (request) => {
    if (request.method() === 'POST') failures += 1;
  });
  page.on('response', (response) => {
    const request = response.request();
    if (request.method() !== 'POST') return;
    if (response.status() !== 200) failures += 1;
    else for (const n of numbersIn(request)) delivered.add(n);
  });
  await visit(page, address);
  return {
    async send(from, to) {
      const calls = Array.from({ length: to - from }, (_, at) => callOf(user, from + at));
      for (let n = from; n < to; n += 1) given.add(n);
      await page.evaluate((all) => {
        for (const call of all) {
          if (call.kind === 'page') analytics.page(call.name, call.properties);
          else if (call.kind === 'identify') analytics.identify(call.traits);
          else analytics.track(call.event, call.properties);
        }
      }, calls);
    },
    async drained() {
      const left = () => [...given].filter((n) => !delivered.has(n) && !givenUp.has(n));
      await eventually(() => left().length === 0, {
        deadlineMs: 60_000,
        message: 'an answer to every call of the page',
      });
    },
    failures: () => failures,
    givenUp: () => [...givenUp],
    network: (isUp) => context.setOffline(!isUp),
    async leave() {
      await page.goto('about:blank');
    },
    come: () => visit(page, address),
    close: () => context.close(),
  };
}

/** What the page has, as far as the code that runs in it is concerned. */
declare const analytics: {
  readonly initialized?: boolean;
  page(name: string, properties: object): void;
  identify(traits: object): void;
  track(event: string, properties: object): void;
};

async function visit(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.waitForFunction(() => analytics.initialized === true);
}

interface Body {
  readonly properties?: { readonly n?: number };
  readonly traits?: { readonly n?: number };
  readonly batch?: readonly Body[];
}

function numbersIn(request: Request): readonly number[] {
  const numbers = ({ batch, properties, traits }: Body): readonly number[] =>
    batch ? batch.flatMap(numbers) : [Number(properties?.n ?? traits?.n)];
  return numbers(JSON.parse(request.postData() ?? '{}') as Body);
}

/** `?collector=…&user=…&retries=…&strategy=…`: the snippet of the SDK's own documentation, with the collector for
 *  its CDN. The number of retries is the settings answer's, unless the page asks for fewer. */
const html = `<!doctype html><meta charset="utf-8"><title>Shop</title>
<script>
  {
    const asked = new URLSearchParams(location.search);
    const retries = Number(asked.get('retries'));
    const calls = (window.analytics = []);
    calls.invoked = true;
    calls._writeKey = 'demo-write-key';
    calls._cdn = asked.get('collector');
    const inBatches = { strategy: 'batching', config: { size: 5, timeout: 200 } };
    const deliveryStrategy = asked.get('strategy') === 'batching' ? inBatches : undefined;
    calls._loadOptions = {
      integrations: { 'Segment.io': { deliveryStrategy } },
      updateCDNSettings(settings) {
        const { httpConfig } = settings.integrations['Segment.io'];
        if (retries < 10) httpConfig.backoffConfig.maxRetryCount = retries;
        return settings;
      },
    };
    calls.push(['setAnonymousId', asked.get('user')]);
    calls.push(['on', 'error', ({ ctx }) => {
      const { properties, traits } = ctx.event;
      window.gaveUp((properties && properties.n) ?? traits.n);
    }]);
  }
</script>
<script src="/sdk/standalone.js"></script>`;

const bundles = join(dirname(require.resolve('@segment/analytics-next/package.json')), 'dist/umd');

function servePages(): Promise<Server> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://shop.example');
    const file = join(bundles, basename(pathname));
    if (pathname === '/') response.setHeader('content-type', 'text/html').end(html);
    else if (pathname.startsWith('/sdk/') && existsSync(file)) response.end(readFileSync(file));
    else response.writeHead(404).end();
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

async function closeAll(browser: Browser, server: Server): Promise<void> {
  await browser.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
