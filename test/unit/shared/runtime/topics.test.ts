import { eventTypes } from '../../../../services/shared/domain/event';
import {
  groupOf,
  laneOf,
  rawKeys,
  rawTopicOf,
  subjectOf,
  topicKeys,
  topicsOf,
} from '../../../../services/shared/runtime/topics';

test('topics have distinct, versioned names under the prefix', () => {
  const topics = topicsOf('test.');
  expect(new Set(Object.values(topics)).size).toBe(topicKeys.length);
  for (const key of topicKeys) expect(topics[key]).toMatch(/^test\.events\.[a-z-]+\.v\d+$/);
  expect(topicsOf().click).toBe('events.click.v1');
  expect(subjectOf(topicsOf().deadLetter)).toBe('events.dead-letter.v1-value');
});

test('only the import topic is not live', () => {
  const topics = topicsOf();
  for (const key of rawKeys) {
    expect(laneOf(topics[key], topics)).toBe(key === 'import' ? 'import' : 'live');
  }
});

test('every event type has its topic', () => {
  const byTopic: Record<string, string[]> = { click: [], cart: [], order: [] };
  for (const type of eventTypes) byTopic[rawTopicOf(type)]?.push(type);
  expect(byTopic).toEqual({
    click: [
      'page_viewed',
      'product_list_viewed',
      'product_viewed',
      'product_clicked',
      'products_searched',
      'promotion_clicked',
      'custom',
    ],
    cart: ['product_added', 'product_removed', 'product_wishlisted'],
    order: [
      'checkout_started',
      'payment_info_entered',
      'order_completed',
      'order_refunded',
      'order_cancelled',
    ],
  });
});

test('groups stand under their prefix', () => {
  expect(groupOf('cleaner')).toBe('tributary.cleaner');
  expect(groupOf('metrics', 'test.')).toBe('test.metrics');
});
