-- remember-partitions.lua: notes partitions that a consumer group has effects of.
-- KEYS  1: set of topic/partition
-- ARGV  members
-- returns  how many are new
-- O(members). Idempotent.

return redis.call('SADD', KEYS[1], unpack(ARGV))
