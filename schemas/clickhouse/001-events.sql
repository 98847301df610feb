-- One row per source coordinate: the ledger, the facts (outcome 'counted'), the review queue and the
-- rejected are all this table. Every version of a row has the same sort and partition fields, so the
-- highest version replaces the others. Times are UTC, money is minor units, '' is "none".
CREATE TABLE IF NOT EXISTS events
(
    tenant LowCardinality(String),
    topic LowCardinality(String),
    partition UInt16,
    offset UInt64,
    version UInt64,
    outcome LowCardinality(String),
    reason LowCardinality(String),
    evidence String,
    firstCounted UInt8,
    weightsVersion UInt16,
    heldBy String,
    eventAt DateTime64(3, 'UTC'),
    receivedAt DateTime64(3, 'UTC'),
    appendedAt DateTime64(3, 'UTC'),
    originalAt Nullable(DateTime64(3, 'UTC')),
    sentAt Nullable(DateTime64(3, 'UTC')),
    clock LowCardinality(String),
    userHash UInt64,
    anonymousId String,
    userId String,
    deviceId String,
    messageId String,
    contentHash String,
    type LowCardinality(String),
    name LowCardinality(String),
    sessionId String,
    category String,
    searchQuery String,
    items Nested
    (
        productId String,
        sku String,
        name String,
        category String,
        brand String,
        priceMinor Nullable(Int64),
        quantity Nullable(Float64)
    ),
    shop String,
    source String,
    medium LowCardinality(String),
    campaign String,
    term String,
    content String,
    clickId LowCardinality(String),
    referrer String,
    url String,
    channel LowCardinality(String),
    selfReferral UInt8,
    orderId String,
    orderKey String,
    revenueMinor Nullable(Int64),
    taxMinor Nullable(Int64),
    shippingMinor Nullable(Int64),
    currency LowCardinality(String),
    coupon String,
    -- The message value this row was made from (JudgedEvent, Avro).
    record String CODEC(ZSTD(1)),
    INDEX appended appendedAt TYPE minmax GRANULARITY 1,
    INDEX message messageId TYPE bloom_filter(0.01) GRANULARITY 4,
    INDEX ids (anonymousId, userId) TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(receivedAt)
ORDER BY (tenant, toStartOfHour(eventAt), userHash, eventAt, topic, partition, offset);
