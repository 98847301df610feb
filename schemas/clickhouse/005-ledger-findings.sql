-- What the comparisons of the ledger with Kafka found in each source partition, by kind; 0 records:
-- no longer. Written anew as a whole, so the last word stands.
CREATE TABLE IF NOT EXISTS ledger_findings
(
    topic LowCardinality(String),
    partition UInt16,
    kind LowCardinality(String),
    records UInt64,
    firstOffset UInt64,
    foundAt DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(foundAt)
ORDER BY (topic, partition, kind);
