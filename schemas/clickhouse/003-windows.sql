-- Windows are recomputed from facts and replaced whole: one row a window, empty when nothing is left.
-- `version` is the server's clock in nanoseconds, read before the facts were.
CREATE TABLE IF NOT EXISTS channel_1m
(
    tenant LowCardinality(String),
    start DateTime('UTC'),
    version UInt64,
    channels Nested
    (
        channel LowCardinality(String),
        campaign String,
        sessions UInt64,
        users AggregateFunction(uniqExact, UInt64),
        views UInt64,
        carts UInt64,
        checkouts UInt64,
        orders UInt64,
        revenueMinor Map(LowCardinality(String), Int64),
        refundMinor Map(LowCardinality(String), Int64)
    )
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(start)
ORDER BY (tenant, start);

CREATE VIEW IF NOT EXISTS channel_1m_flat AS
SELECT tenant, start, version, channel, campaign, sessions, users, views, carts, checkouts, orders,
       revenueMinor, refundMinor
  FROM channel_1m FINAL
 ARRAY JOIN
       channels.channel AS channel, channels.campaign AS campaign, channels.sessions AS sessions,
       channels.users AS users, channels.views AS views, channels.carts AS carts,
       channels.checkouts AS checkouts, channels.orders AS orders,
       channels.revenueMinor AS revenueMinor, channels.refundMinor AS refundMinor;

-- Users and sessions by the deepest ordered chain that starts inside the hour: element n counts those
-- that reached step n (product_viewed, product_added, checkout_started, order_completed) or further.
CREATE TABLE IF NOT EXISTS funnel_1h
(
    tenant LowCardinality(String),
    start DateTime('UTC'),
    version UInt64,
    users Array(UInt64),
    sessions Array(UInt64)
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(start)
ORDER BY (tenant, start);

-- Windows that could not be recomputed and were set aside (stuck = 1) until they can be (0).
CREATE TABLE IF NOT EXISTS windows_stuck
(
    windowTable LowCardinality(String),
    tenant LowCardinality(String),
    start DateTime('UTC'),
    stuck UInt8,
    error String,
    changedAt DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(changedAt)
ORDER BY (windowTable, tenant, start);
