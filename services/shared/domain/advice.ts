import type { Reason } from './outcome';

/** What whoever wrote the app can do about a record that has this reason; null where nothing is to
 *  be done. Evidence says what was wrong and where, this says what would be right. */
export function adviceFor(reason: string): string | null {
  return Object.hasOwn(advice, reason) ? advice[reason as Reason] : null;
}

const decided = 'Ask whoever decided: the evidence names them. They can take it back.';
const crawler =
  'Nothing, if it is a program. If it is a person or a server of yours, add a part of its user agent to allowedAgents, or its address to allowedAddresses, of the tenant.';
const avro =
  'Write values in Confluent framing: a zero byte, the schema id as four bytes, then the Avro body, all in a schema that the registry has for this topic.';

const advice: Readonly<Record<Reason, string | null>> = {
  clean: null,
  released: null,
  restored: null,
  same_message:
    'Nothing: that is what message ids are for. If these were two events, give each a messageId of its own.',
  declared_bot: crawler,
  empty_user_agent:
    'Send context.userAgent, or let the SDK do it. If this sender never has one, add its address to allowedAddresses of the tenant.',
  rule: 'Wait for a person to release or confirm it; until then it takes no effect.',
  reviewer: 'Wait for the person who holds it; until then it takes no effect.',
  order_outlier:
    'Wait for a person to release or confirm it; until then it takes no effect. Check that the amount is in the currency it names.',
  confirmed: decided,
  retracted: decided,
  message_id_reused:
    'Give each event a messageId of its own, such as a random UUID, and keep it only when the same event is sent again.',
  empty_value: 'Write the event as the value of the record; a record with only a key is no event.',
  not_avro: avro,
  unknown_schema:
    'Register the schema first and write with the id the registry gives it. Once the schema is there, the record can be sent again.',
  undecodable:
    'Write the value in the schema that its id names, and nothing after it; compare the schema of the producer with the one in the registry.',
  unknown_tenant: 'Name a tenant of the tenants file in the field `tenant`.',
  not_an_object:
    'Send a JSON object here, such as {"product_id": "p1"}; a text, a list or a number is none.',
  unknown_call:
    'Set `type` to one of the calls, or post to the path of the call, such as /v1/track.',
  no_user:
    'Send anonymousId or userId with every message: an SDK makes an anonymousId by itself, a server sends the one of the visitor.',
  id_too_long: 'Send ids of at most 256 bytes: an id names something, it holds no content.',
  no_event_name:
    'Set `event` of a track call to the name of what happened, such as "Order Completed".',
  invalid_timestamp:
    'Send times as ISO 8601 with a zone, such as 2026-01-31T12:00:00.000Z, or leave them out.',
  invalid_amount:
    'Send amounts as numbers such as 39.9, or as decimal text such as "39.90", without separators of thousands or signs of a currency.',
  invalid_currency: 'Send the three letters of ISO 4217, such as USD, or leave the currency out.',
  invalid_items:
    'Send `products` as a list of objects, each with a price and quantity that are numbers.',
  too_large:
    'Send less in one event: large texts belong elsewhere, a long list of products into several events.',
  refused: 'Mend what the evidence says; the name before the colon is the rule it broke.',
  invalid_decision: 'Ask for decisions through POST /v1/review/{messageId} only.',
  row_refused:
    'ClickHouse refused this row while it took its neighbours: that is a fault of Tributary, tell whoever runs it.',
  requested: null,
};
