import type { Event } from '../../../../services/shared/domain/event';
import { outcomes, reasons } from '../../../../services/shared/domain/outcome';
import { judgeTraffic, trafficRules } from '../../../../services/shared/domain/traffic-rules';
import { anEvent, aTenant } from '../../../support/event-builders';

const tenant = aTenant({
  allowedAgents: ['AcmeMonitor', ''],
  allowedAddresses: ['198.51.100.0/24'],
});
const crawler = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const judge = (part: Partial<Event>, whose = tenant) =>
  judgeTraffic(trafficRules, anEvent(part), whose);

test("a rule is named as the reason it gives, among its outcome's reasons", () => {
  const listed = outcomes.flatMap((outcome) => reasons[outcome] as readonly string[]);
  for (const { name } of trafficRules) expect(listed).toContain(name);
  expect(new Set(trafficRules.map(({ name }) => name)).size).toBe(trafficRules.length);
});

test('a browser is let through', () => {
  expect(judge({})).toBeNull();
});

test('a client that names itself a crawler is one, and the evidence quotes it', () => {
  expect(judge({ userAgent: crawler })).toEqual({
    verdict: { outcome: 'bot', reason: 'declared_bot' },
    evidence: `user agent '${crawler}'`,
  });
});

test.each(['python-requests/2.32', 'curl/8.5.0', 'HeadlessChrome/120.0', 'UptimeRobot/2.0'])(
  '%s is no person',
  (userAgent) => {
    expect(judge({ userAgent, library: 'analytics-node' })?.verdict.reason).toBe('declared_bot');
  },
);

test.each([
  'Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/UD1A.230803.041)',
  'Acme/3.1 CFNetwork/1494.0.7 Darwin/23.4.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148',
])('an app on a device is let through: %s', (userAgent) => {
  expect(judge({ userAgent, library: 'analytics-ios' })).toBeNull();
});

test('the evidence is cut, and a long agent does not take long', () => {
  const found = judge({ userAgent: `${crawler} ${'('.repeat(100_000)}` });
  expect(found?.evidence.length).toBeLessThanOrEqual(220);
});

test.each(['analytics.js', 'Analytics.js', 'RudderLabs JavaScript SDK', '@segment/analytics-next'])(
  'no agent from the browser library %s is a program that pretends',
  (library) => {
    for (const userAgent of [null, '', '  ']) {
      expect(judge({ userAgent, library })?.verdict).toEqual({
        outcome: 'bot',
        reason: 'empty_user_agent',
      });
    }
  },
);

test.each([
  null,
  '@segment/analytics-node',
  'analytics-python',
  'analytics-ios',
  'analytics-kotlin',
])('the library %s has no agent to send', (library) => {
  for (const userAgent of [null, '', '  ']) expect(judge({ userAgent, library })).toBeNull();
});

test("the tenant's own agents and addresses pass every rule", () => {
  expect(judge({ userAgent: 'AcmeMonitor bot/1.0' })).toBeNull();
  expect(judge({ userAgent: crawler, ip: '198.51.100.7' })).toBeNull();
  expect(judge({ userAgent: null, ip: '198.51.100.7' })).toBeNull();
  expect(judge({ userAgent: crawler, ip: null })).not.toBeNull();
  const strict = { ...tenant, allowedAgents: [], allowedAddresses: [] };
  expect(judge({ userAgent: 'AcmeMonitor bot/1.0' }, strict)).not.toBeNull();
});
