-- The completed orders of `events` once more, sorted by order key, to find the copies of an order.
-- The same rows with the same versions: a replay replaces, nothing is ever summed.
CREATE TABLE IF NOT EXISTS orders
(
    tenant LowCardinality(String),
    orderKey String,
    eventAt DateTime64(3, 'UTC'),
    topic LowCardinality(String),
    partition UInt16,
    offset UInt64,
    version UInt64,
    receivedAt DateTime64(3, 'UTC'),
    outcome LowCardinality(String),
    userHash UInt64,
    sessionId String,
    messageId String,
    revenueMinor Nullable(Int64),
    currency LowCardinality(String)
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(receivedAt)
ORDER BY (tenant, orderKey, eventAt, topic, partition, offset);

CREATE MATERIALIZED VIEW IF NOT EXISTS orders_from_events TO orders AS
SELECT tenant, orderKey, eventAt, topic, partition, offset, version, receivedAt, outcome, userHash,
       sessionId, messageId, revenueMinor, currency
  FROM events
 WHERE orderKey != '';
