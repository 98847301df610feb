import type { Admin } from 'kafkajs';
import { logBounds } from '../../services/shared/runtime/kafka';
import { rawKeys, type Topics } from '../../services/shared/runtime/topics';
import type { ClickHouse } from '../../services/shared/stores/clickhouse/client';

/** Writes down where each raw partition begins, once: what was accepted is counted from there,
 *  whatever retention deletes later. */
export async function recordFirstOffsets(
  admin: Admin,
  clickHouse: ClickHouse,
  topics: Topics,
): Promise<void> {
  const known = await clickHouse.rows('SELECT topic, partition FROM topic_starts');
  const recorded = new Set(known.map((row) => `${row.topic}/${row.partition}`));
  const recordedAt = new Date().toISOString().replace('T', ' ').replace('Z', '');
  const rows: object[] = [];
  for (const topic of rawKeys.map((key) => topics[key])) {
    for (const [partition, { low }] of await logBounds(admin, topic)) {
      if (recorded.has(`${topic}/${partition}`)) continue;
      rows.push({ topic, partition, firstOffset: low, recordedAt });
    }
  }
  if (rows.length > 0) await clickHouse.insert('topic_starts', rows);
}
