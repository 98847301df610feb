import { createClient } from '@clickhouse/client';
import { outcomesOf, type Traffic } from '../../services/shared/domain/traffic';
import { numbers, readAnswers } from './answer-files';
import { type Comparison, compareTables, type Figures } from './compare';

export interface CategoriesOptions {
  readonly answers: string;
  readonly clickhouseUrl: string;
  readonly database: string;
  readonly tenant: string;
  /** Which events are looked at. */
  readonly traffic: Traffic;
}

/** As in the answer file: fewer views say too little. */
const fewestViews = 5;

/** The most viewed category of each user who viewed five or more pages of one, and whose favourite is
 *  no tie: by the events table itself. */
export async function topCategories(options: CategoriesOptions): Promise<Comparison> {
  const expected = readAnswers(options.answers, 'main_interest_top_category.csv', (row) => [
    row.user_pseudo_id ?? '',
    [row.top_category ?? '', ...numbers(row, 'page_views_in_top', 'category_page_views_total')],
  ]);
  const actual = new Map<string, Figures>();
  for (const [user, views] of await viewsByUser(options)) {
    const [first, second] = [...views].sort((a, b) => b.views - a.views);
    const total = views.reduce((sum, row) => sum + row.views, 0);
    if (first === undefined || total < fewestViews || first.views === second?.views) continue;
    actual.set(user, [first.category, first.views, total]);
  }
  return compareTables('top category of each user', { expected, actual });
}

interface CategoryViews {
  readonly user: string;
  readonly category: string;
  readonly views: number;
}

async function viewsByUser(options: CategoriesOptions): Promise<Map<string, CategoryViews[]>> {
  const { clickhouseUrl: url, database, tenant, traffic } = options;
  const client = createClient({ url, database });
  try {
    const answer = await client.query({
      query: `SELECT anonymousId AS user, category, toUInt32(count()) AS views
                FROM events FINAL
               WHERE tenant = {tenant:String} AND outcome IN {outcomes:Array(String)}
                 AND type = 'page_viewed' AND category != ''
               GROUP BY user, category`,
      query_params: { tenant, outcomes: outcomesOf(traffic) },
      format: 'JSONEachRow',
    });
    const users = new Map<string, CategoryViews[]>();
    for (const row of (await answer.json()) as readonly CategoryViews[]) {
      const rows = users.get(row.user);
      if (rows === undefined) users.set(row.user, [row]);
      else rows.push(row);
    }
    return users;
  } finally {
    await client.close();
  }
}
