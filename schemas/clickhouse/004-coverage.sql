-- Accepted is measured apart from the rows: log end minus the first offset written down at set-up.
CREATE TABLE IF NOT EXISTS topic_starts
(
    topic LowCardinality(String),
    partition UInt16,
    firstOffset UInt64,
    recordedAt DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY (topic, partition);

CREATE TABLE IF NOT EXISTS topic_ends
(
    topic LowCardinality(String),
    partition UInt16,
    logStart UInt64,
    logEnd UInt64,
    sampledAt DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(sampledAt)
ORDER BY (topic, partition);
