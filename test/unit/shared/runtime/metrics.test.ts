import { createMetrics } from '../../../../services/shared/runtime/metrics';

test('a service shows its own metrics from the start and no other', async () => {
  const text = await createMetrics('interests').text();
  expect(text).toContain('tributary_tags_applied_total{service="interests"} 0');
  expect(text).toContain('# TYPE tributary_consumer_lag_records gauge');
  expect(text).toContain('process_cpu_seconds_total');
  expect(text).toContain('process_resident_memory_bytes');
  expect(text).toMatch(
    /tributary_build_info\{version="[^"]+",node="v[^"]+",service="interests"\} 1/,
  );
  expect(text).not.toContain('tributary_collector');
  expect(await createMetrics('collector').text()).not.toContain('tributary_consumer');
});

test('counters add, gauges are set and forgotten, histograms have their buckets', async () => {
  const metrics = createMetrics('cleaner');
  metrics.count('tributary_events_total', { outcome: 'counted', reason: 'clean' }, 5);
  metrics.count('tributary_events_total', { outcome: 'counted', reason: 'clean' });
  metrics.set('tributary_consumer_lag_records', { topic: 't', partition: '1' }, 7);
  metrics.set('tributary_consumer_lag_records', { topic: 't', partition: '2' }, 8);
  metrics.forget('tributary_consumer_lag_records', { topic: 't', partition: '1' });
  metrics.observe('tributary_event_to_tag_seconds', { lane: 'live' }, 0.25);
  const text = await metrics.text();
  expect(text).toContain(
    'tributary_events_total{outcome="counted",reason="clean",service="cleaner"} 6',
  );
  expect(text).not.toContain('tributary_consumer_lag_records{topic="t",partition="1"');
  expect(text).toContain(
    'tributary_consumer_lag_records{topic="t",partition="2",service="cleaner"} 8',
  );
  const bucket = (le: string) =>
    `tributary_event_to_tag_seconds_bucket{le="${le}",service="cleaner",lane="live"}`;
  expect(text).toContain(`${bucket('0.2')} 0`);
  expect(text).toContain(`${bucket('0.3')} 1`);
});
