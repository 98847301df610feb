-- Which id the registry gave each Avro schema. Records carry the id for ever; a registry that lost
-- its schemas (one that keeps them in memory) is filled again from here, in the order of the ids.
CREATE TABLE IF NOT EXISTS registered_schemas
(
    id UInt32,
    subject LowCardinality(String),
    schema String,
    registeredAt DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(registeredAt)
ORDER BY (id, subject);
