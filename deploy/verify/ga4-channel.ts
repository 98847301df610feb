import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';

/** The channel of one row of a GA4 export; null where the row says nothing, or names the shop. */
export type ChannelOfRow = (source: string, medium: string) => string | null;

const byCategory: Readonly<Record<string, string>> = {
  SOURCE_CATEGORY_SEARCH: 'Organic Search',
  SOURCE_CATEGORY_SOCIAL: 'Organic Social',
  SOURCE_CATEGORY_VIDEO: 'Organic Video',
  SOURCE_CATEGORY_SHOPPING: 'Organic Shopping',
};

/**
 * The grouping that the answer files of the GA4 month were made with, written down once more beside
 * the services' own: medium first, then the category of a referring source. `file` lists sources
 * with their category as Google publishes them.
 */
export function ga4Channel(file: string, ownDomain: string): ChannelOfRow {
  const rows = parse(readFileSync(file), { columns: true }) as readonly Record<string, string>[];
  const categories = new Map(rows.map((row) => [row.source, row.source_category ?? '']));
  return (givenSource, givenMedium) => {
    const [source, medium] = [givenSource.toLowerCase(), givenMedium.toLowerCase()];
    if (source === '' && medium === '') return null;
    if (source.endsWith(ownDomain)) return null;
    return groupOf(source, medium, categories.get(source) ?? '');
  };
}

const withheld = ['<other>', '(data deleted)'];
const byMedium: Readonly<Record<string, string>> = {
  cpc: 'Paid Search',
  ppc: 'Paid Search',
  paidsearch: 'Paid Search',
  organic: 'Organic Search',
  email: 'Email',
  affiliate: 'Affiliates',
};

function groupOf(source: string, medium: string, category: string): string {
  const named = byMedium[medium];
  if (named !== undefined) return named;
  if (withheld.includes(medium)) return 'Unassigned';
  if (withheld.includes(source) && medium !== 'referral') return 'Unassigned';
  if (medium === 'referral') return byCategory[category] ?? 'Referral';
  const noMedium = ['(none)', '(not set)', ''].includes(medium);
  return noMedium && ['(direct)', ''].includes(source) ? 'Direct' : 'Unassigned';
}
