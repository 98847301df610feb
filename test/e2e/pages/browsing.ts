import type { Browser, Page } from 'playwright-core';

export interface Browsing {
  readonly viewport: { readonly width: number; readonly height: number };
  readonly colorScheme: 'light' | 'dark';
}

/** A page in a window of its own. Whatever it says on the console, and every breach of its policy,
 *  fails the test when the window is closed. */
export async function openPage(browser: Browser, url: string, options: Browsing): Promise<Page> {
  const context = await browser.newContext({ ...options, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => faults.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    // A page that is left takes its questions with it.
    if (why !== 'net::ERR_ABORTED') faults.push(`${request.url()}: ${why}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(new URL(url).origin)) faults.push(`asked ${request.url()}`);
  });
  const close = context.close.bind(context);
  context.close = async () => {
    await close();
    expect(faults).toEqual([]);
  };
  await page.goto(url);
  await page.locator('#state', { hasText: 'Up to date' }).waitFor({ timeout: 15_000 });
  return page;
}
