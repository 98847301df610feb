/** A service that hangs must not hold up the panel for longer than this. */
const timeoutMs = 5_000;

interface AskOptions<Missing> {
  /** Instead of the answer where there is no such thing (404). */
  readonly missing?: Missing;
  readonly as?: 'json' | 'text';
}

/** Asks a service for one answer. Rejects with a few words that say what is wrong. */
export async function ask<Answer>(
  url: string,
  parameters: Readonly<Record<string, string>>,
  signal: AbortSignal,
  options: AskOptions<Answer> = {},
): Promise<Answer> {
  const query = new URLSearchParams(parameters).toString();
  const { status, text } = await read(query === '' ? url : `${url}?${query}`, signal);
  if (status === 200) return (options.as === 'text' ? text : JSON.parse(text)) as Answer;
  if (status === 404 && options.missing !== undefined) return options.missing;
  throw new Error(`HTTP ${status} ${messageIn(text)}`.trim());
}

/** Rejects where the service cannot be reached or names a check that fails. */
export async function askHealth(url: string, signal: AbortSignal): Promise<void> {
  const { status, text } = await read(url, signal);
  if (status === 200) return;
  const { checks } = (parsed(text) ?? {}) as { checks?: Readonly<Record<string, string>> };
  const failed = Object.entries(checks ?? {}).filter(([, outcome]) => outcome !== 'ok');
  const named = failed.map(([name, outcome]) => `${name}: ${outcome}`).join(', ');
  throw new Error(`not ready (${named === '' ? `HTTP ${status}` : named})`);
}

/** The sum of a counter's series that have these labels, on a page of Prometheus text. */
export function sumOfCounter(
  name: string,
  labels: Readonly<Record<string, string>>,
  page: string,
): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return page
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter((line) => wanted.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

async function read(url: string, signal: AbortSignal): Promise<{ status: number; text: string }> {
  const giveUp = new AbortController();
  const end = () => giveUp.abort();
  const timer = setTimeout(end, timeoutMs);
  signal.addEventListener('abort', end, { once: true });
  try {
    const response = await fetch(url, { signal: giveUp.signal });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    if (giveUp.signal.aborted) throw new Error(`no answer within ${timeoutMs / 1000} s`);
    const { name, cause } = error as Error & { cause?: { code?: string; message?: string } };
    throw new Error(`cannot be reached (${cause?.code ?? cause?.message ?? name})`);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}

function messageIn(said: string): string {
  const { message } = (parsed(said) ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : said.slice(0, 100);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
