/** A machine that runs the shop's pages and with them the tracking script. */
export interface Crawler {
  readonly weight: number;
  /** What it calls itself; null for a script that says nothing at all. */
  readonly agent: string | null;
  /** Whether the script it runs reads the agent too, or only the request's header has it. */
  readonly agentInContext: boolean;
}

/** Agents as their makers document them. */
export const crawlers: readonly Crawler[] = [
  crawler(24, 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'),
  crawler(12, 'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)'),
  crawler(10, 'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)'),
  crawler(10, 'Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)'),
  crawler(
    8,
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)',
  ),
  crawler(
    6,
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)',
  ),
  crawler(6, 'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)'),
  crawler(6, 'Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)'),
  headerOnly(
    8,
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36',
  ),
  headerOnly(4, 'python-requests/2.32.3'),
  { weight: 6, agent: null, agentInContext: false },
];

function crawler(weight: number, agent: string): Crawler {
  return { weight, agent, agentInContext: true };
}

function headerOnly(weight: number, agent: string): Crawler {
  return { weight, agent, agentInContext: false };
}
