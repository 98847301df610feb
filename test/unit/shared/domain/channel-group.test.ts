import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ChannelFields } from '../../../../services/shared/domain/channel-fields';
import {
  channelVerdict,
  groupOf,
  type Origin,
} from '../../../../services/shared/domain/channel-group';
import { categoryOf } from '../../../../services/shared/domain/source-categories';
import type { SourceCategory } from '../../../../services/shared/domain/tenant';
import { describeWithData } from '../../../support/real-data';

const nobody: ReadonlyMap<string, SourceCategory> = new Map();
const tenant = { ownDomains: ['shop.example'], sourceCategories: nobody };
const nothing: ChannelFields = {
  source: null,
  medium: null,
  campaign: null,
  term: null,
  content: null,
  clickId: null,
  referrer: null,
  url: null,
};
const verdict = (fields: Partial<ChannelFields>) =>
  channelVerdict({ ...nothing, ...fields }, tenant);
const group = (fields: Partial<ChannelFields>) => verdict(fields).group;

describe('source, medium and campaign', () => {
  test.each([
    ['(direct)', '(none)', null, 'Direct'],
    ['(direct)', '(not set)', null, 'Direct'],
    ['(direct)', null, null, 'Direct'],
    [null, '(none)', null, 'Direct'],
    ['google', 'cpc', 'Sales-Performance Max cross-network', 'Cross-network'],
    ['amazon', 'cpc', null, 'Paid Shopping'],
    ['google', 'cpc', 'spring shopping', 'Paid Shopping'],
    ['google', 'cpc', 'workshop', 'Paid Search'],
    ['google', 'cpc', 'bishop', 'Paid Search'],
    ['google', 'cpc', 'eshop', 'Paid Shopping'],
    ['google', 'cpc', null, 'Paid Search'],
    ['Google', 'CPC', null, 'Paid Search'],
    ['bing', 'paidsearch', null, 'Paid Search'],
    ['google', 'retargeting', null, 'Paid Search'],
    ['google', 'cpm', null, 'Paid Search'],
    ['facebook', 'cpc', null, 'Paid Social'],
    ['facebook', 'paid_social', null, 'Paid Social'],
    ['youtube', 'cpc', null, 'Paid Video'],
    ['criteo', 'display', null, 'Display'],
    ['criteo', 'banner', null, 'Display'],
    ['criteo', 'cpm', null, 'Display'],
    ['newsletter', 'cpc', null, 'Paid Other'],
    ['chatgpt.com', null, null, 'AI Assistants'],
    ['chatgpt.com', 'referral', null, 'AI Assistants'],
    ['www.perplexity.ai', 'referral', null, 'AI Assistants'],
    ['chatgpt.com', 'cpc', null, 'Paid Other'],
    ['notchatgpt.com', 'referral', null, 'Referral'],
    ['etsy.com', 'referral', null, 'Organic Shopping'],
    ['newsletter', 'email', 'shop the sale', 'Organic Shopping'],
    ['facebook.com', 'referral', null, 'Organic Social'],
    ['l.facebook.com', 'referral', null, 'Organic Social'],
    ['newsletter', 'social', null, 'Organic Social'],
    ['newsletter', 'social media', null, 'Organic Social'],
    ['youtube.com', 'referral', null, 'Organic Video'],
    ['academy.youtube.com', 'referral', null, 'Referral'],
    ['newsletter', 'video', null, 'Organic Video'],
    ['google', 'organic', null, 'Organic Search'],
    [null, 'organic', null, 'Organic Search'],
    ['google', 'referral', null, 'Organic Search'],
    ['mailchimp', 'email', null, 'Email'],
    ['e-mail', 'newsletter', null, 'Email'],
    ['partner', 'affiliate', null, 'Affiliates'],
    ['blog.example', 'referral', null, 'Referral'],
    ['blog.example', 'link', null, 'Referral'],
    ['spotify', 'audio', null, 'Audio'],
    ['sms', 'winter', null, 'SMS'],
    ['twilio', 'sms', null, 'SMS'],
    ['braze', 'web_push', null, 'Mobile Push Notifications'],
    ['braze', 'mobile-app', null, 'Mobile Push Notifications'],
    ['firebase', 'engage', null, 'Mobile Push Notifications'],
    ['newsletter', 'winter', null, 'Unassigned'],
    ['newsletter', null, null, 'Unassigned'],
    [null, null, 'winter', 'Unassigned'],
    [null, null, 'cross-network', 'Cross-network'],
  ])('%s / %s (%s) is %s', (source, medium, campaign, expected) => {
    expect(group({ source, medium, campaign })).toBe(expected);
  });
});

describe('values an export withheld, and "(not set)"', () => {
  test.each([
    ['<Other>', '<Other>', 'Unassigned'],
    ['(data deleted)', '(data deleted)', 'Unassigned'],
    ['<Other>', '(data deleted)', 'Unassigned'],
    ['google', '<Other>', 'Unassigned'],
    ['google', '(not set)', 'Unassigned'],
    ['(not set)', '(not set)', 'Unassigned'],
    ['<Other>', '(none)', 'Unassigned'],
    ['<Other>', null, 'Unassigned'],
    ['<Other>', 'cpc', 'Paid Search'],
    ['<Other>', 'organic', 'Organic Search'],
    ['<Other>', 'email', 'Email'],
    ['<Other>', 'affiliate', 'Affiliates'],
    ['<Other>', 'referral', 'Referral'],
    [null, 'referral', 'Referral'],
    [null, '(not set)', 'Direct'],
  ])('%s / %s is %s', (source, medium, expected) => {
    expect(group({ source, medium })).toBe(expected);
  });
});

describe('click ids', () => {
  test.each<[Partial<ChannelFields>, string]>([
    [{ clickId: 'gclid' }, 'Paid Search'],
    [{ clickId: 'msclkid' }, 'Paid Search'],
    [{ clickId: 'dclid' }, 'Display'],
    [{ clickId: 'fbclid' }, 'Organic Social'],
    [{ clickId: 'ttclid' }, 'Paid Social'],
    [{ clickId: 'gclid', campaign: 'x cross-network' }, 'Cross-network'],
    [{ clickId: 'gclid', source: 'google' }, 'Paid Search'],
    [{ clickId: 'gclid', medium: 'cpc' }, 'Paid Search'],
    [{ clickId: 'gclid', source: 'newsletter', medium: 'email' }, 'Email'],
    [{ clickId: 'gclid', medium: 'email' }, 'Email'],
    [{ clickId: 'fbclid', source: 'newsletter', medium: 'email' }, 'Email'],
    [{ clickId: 'fbclid', source: 'newsletter' }, 'Unassigned'],
    [{ clickId: 'gclid', referrer: 'https://www.bing.com/' }, 'Paid Search'],
  ])('%p is %s', (fields, expected) => {
    expect(group(fields)).toBe(expected);
  });
});

describe('referrers', () => {
  const url = 'https://shop.example/landing';
  test.each([
    ['https://www.google.fr/search?q=x', 'Organic Search'],
    ['https://duckduckgo.com/', 'Organic Search'],
    ['android-app://com.google.android.googlequicksearchbox/', 'Organic Search'],
    ['https://l.instagram.com/?u=x', 'Organic Social'],
    ['https://some.tumblr.com/', 'Organic Social'],
    ['https://www.youtube.com/watch?v=1', 'Organic Video'],
    ['https://www.amazon.com/', 'Organic Shopping'],
    ['https://mail.google.com/mail/u/0', 'Email'],
    ['android-app://com.google.android.gm/', 'Email'],
    ['https://chat.openai.com/c/1', 'AI Assistants'],
    ['https://gemini.google.com/app', 'AI Assistants'],
    ['https://docs.google.com/document/1', 'Referral'],
    ['https://googleads.g.doubleclick.net/', 'Display'],
    ['https://blog.example:8443/post', 'Referral'],
    ['http://user:secret@blog.example./post', 'Referral'],
    ['blog.example/post', 'Referral'],
  ])('%s is %s', (referrer, expected) => {
    expect(verdict({ referrer, url })).toEqual({ group: expected, selfReferral: false });
  });

  test.each([['$direct'], ['about:blank'], ['https:///x'], ['ftp'], ['::'], [' ']])(
    '%p says nothing',
    (referrer) => {
      expect(verdict({ referrer, url })).toEqual({ group: null, selfReferral: false });
    },
  );

  test('count only where nothing was said', () => {
    expect(group({ campaign: 'winter', referrer: 'https://www.google.com/' })).toBe('Unassigned');
    expect(group({ term: 'shoes', referrer: 'https://www.google.com/' })).toBe('Organic Search');
  });
});

describe('self-referral', () => {
  test('a source below an own domain is one, and the rules still say what it is', () => {
    expect(verdict({ source: 'www.shop.example', medium: 'referral' })).toEqual({
      group: 'Referral',
      selfReferral: true,
    });
    expect(verdict({ source: 'SHOP.example', medium: 'referral' }).selfReferral).toBe(true);
  });

  test('a domain that only ends alike is none', () => {
    expect(verdict({ source: 'myshop.example', medium: 'referral' }).selfReferral).toBe(false);
  });

  test('a page of the shop itself says nothing of where a visit came from', () => {
    const referrer = 'https://www.shop.example/cart';
    expect(verdict({ referrer })).toEqual({ group: null, selfReferral: true });
    const unlisted = { referrer: 'https://other.test/a', url: 'https://other.test/b' };
    expect(verdict(unlisted)).toEqual({ group: null, selfReferral: false });
  });

  test('what was said outweighs a referrer from the shop', () => {
    const referrer = 'https://www.shop.example/';
    expect(verdict({ referrer, clickId: 'gclid' })).toEqual({
      group: 'Paid Search',
      selfReferral: false,
    });
  });
});

test('an event that says nothing has no group', () => {
  expect(verdict({})).toEqual({ group: null, selfReferral: false });
  expect(verdict({ url: 'https://shop.example/', term: 'x', content: 'y' }).group).toBeNull();
});

test("a tenant's source categories decide alone", () => {
  const own = { ...tenant, sourceCategories: new Map([['forum.example', 'social']] as const) };
  const said = (source: string) =>
    channelVerdict({ ...nothing, source, medium: 'referral' }, own).group;
  expect(said('forum.example')).toBe('Organic Social');
  expect(said('facebook.com')).toBe('Referral');
});

test('the first rule that matches wins, whatever comes after', () => {
  const origin: Origin = { source: 'youtube', medium: 'email', campaign: 'shopping' };
  expect(groupOf({ ...origin, category: categoryOf('youtube', nobody) })).toBe('Organic Shopping');
});

describeWithData('channels/referer_cases_open.json', (file) => {
  interface Case {
    readonly spec: string;
    readonly uri: string;
    readonly medium: 'search' | 'social' | 'email' | 'chatbot' | 'paid';
  }
  const expected: Readonly<Record<Case['medium'], readonly string[]>> = {
    // A price comparison is a shopping site in GA4's terms.
    search: ['Organic Search', 'Organic Shopping'],
    social: ['Organic Social'],
    email: ['Email'],
    chatbot: ['AI Assistants'],
    paid: ['Paid Search', 'Display'],
  };
  const cases = JSON.parse(file.text()) as readonly Case[];
  test.each(cases.map((one) => [one.spec, one] as const))('%s', (_spec, { uri, medium }) => {
    expect(expected[medium]).toContain(group({ referrer: uri, url: 'https://shop.example/' }));
  });
});

describeWithData('ga4/answers/main_channel_metrics_clean.csv', (file) => {
  const table = (text: string) =>
    text
      .trim()
      .split(/\r?\n/)
      .slice(1)
      .map((line) => line.split(','));

  test('session counts by source, medium and campaign add up to those by channel', () => {
    const read = (path: string) => readFileSync(join(dirname(file.path), path), 'utf8');
    const categories = table(read('../../channels/ga4_source_categories.csv')).map(
      ([source = '', category = '']) =>
        [source.toLowerCase(), category.slice(16).toLowerCase() as SourceCategory] as const,
    );
    const own = { ownDomains: [], sourceCategories: new Map(categories) };
    const sessions: Record<string, number> = {};
    for (const row of table(read('main_sessions_by_source_medium_campaign_clean.csv'))) {
      const [source, medium, campaign] = row.map((field) => field || null);
      const said = { ...nothing, source, medium, campaign } as ChannelFields;
      const channel = channelVerdict(said, own).group ?? 'Direct';
      sessions[channel] = (sessions[channel] ?? 0) + Number(row.at(-1));
    }
    const answer = table(file.text()).map(([channel, count]) => [channel, Number(count)]);
    expect(sessions).toEqual(Object.fromEntries(answer));
  });
});
