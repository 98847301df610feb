-- record-reached.lua: writes down how far a consumer group's effects reach, partition by partition.
-- KEYS  1: hash: topic/partition -> the next offset whose effects are not here (reached), or under which
--          something was published without its claim being known to be here (published)
-- ARGV  field and offset by turns
-- returns  how many fields are new
-- O(fields). A later call with a lower offset wins: who went back has those effects only so far.

return redis.call('HSET', KEYS[1], unpack(ARGV))
