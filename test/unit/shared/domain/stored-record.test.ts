import type { Outcome } from '../../../../services/shared/domain/outcome';
import { explanationOf, type StoredRecord } from '../../../../services/shared/domain/stored-record';
import { aStoredRecord } from '../../../support/stored-records';

test.each<[Outcome, string, Partial<StoredRecord>, string]>([
  [
    'counted',
    'clean',
    {},
    'Counted: the first record with its message id, and nothing speaks against it.',
  ],
  ['counted', 'released', {}, 'Counted: it was held, and a person released it.'],
  [
    'duplicate',
    'same_message',
    { heldBy: 'events.click.v1/2/41' },
    'Not counted: the record events.click.v1/2/41 brought the same message, with the same id and content. Clients send again what was not acknowledged.',
  ],
  [
    'collision',
    'message_id_reused',
    {},
    "Not counted: an earlier record has the same message id and other content. It waits for a person's decision.",
  ],
  [
    'bot',
    'declared_bot',
    { evidence: 'the user agent says Googlebot/2.1' },
    'Not counted: sent by a program (declared_bot). The user agent says Googlebot/2.1.',
  ],
  [
    'held',
    'rule',
    { evidence: '12 orders by 2 buyers.' },
    "Not counted: it waits for a person's decision (rule). 12 orders by 2 buyers.",
  ],
  ['rejected', 'confirmed', {}, 'Not counted: a person decided against it (confirmed).'],
  ['dead', 'not_avro', {}, 'Not counted: it could not be taken as an event (not_avro).'],
  ['erased', 'requested', {}, 'Not counted: its content was erased (requested).'],
])('%s (%s) is explained', (outcome, reason, part, sentence) => {
  expect(explanationOf(aStoredRecord({ outcome, reason, ...part }))).toBe(sentence);
});
