-- claim-events.lua: claims message ids for the records that carry them; the first record keeps an id.
-- KEYS  1..n: hashes of claims, fingerprint (8 bytes) -> claim (13 bytes, see claim-layout.ts)
-- ARGV  1: ttlMs, then for each key one string of fingerprint and claim by turns, 21 bytes each
-- returns  for each key one string of the claims on record, 13 bytes each, in the order asked
-- O(ids * bucket). Every bucket asked for lives ttlMs from now. Idempotent: an id on record is left
-- alone. Checks every argument before the first write: Redis does not take a failed script back.

local FINGERPRINT, CLAIM = 8, 13
local ENTRY = FINGERPRINT + CLAIM

local ttlMs = tonumber(ARGV[1])
if not ttlMs or ttlMs < 1 or ttlMs > 1e12 or ttlMs % 1 ~= 0 then
  return redis.error_reply('ERR claim-events: ttlMs is not a positive whole number')
end
if #ARGV ~= #KEYS + 1 then
  return redis.error_reply('ERR claim-events: one argument is needed for each key')
end
for i = 1, #KEYS do
  local size = #ARGV[i + 1]
  -- 1,000 entries a bucket keep unpack() below Lua's limit of about 8,000 values.
  if size == 0 or size % ENTRY ~= 0 or size > 1000 * ENTRY then
    return redis.error_reply('ERR claim-events: entries are 1 to 1,000 times 21 bytes')
  end
end

-- Claims those ids of one bucket that are free; answers with what is on record for all of them.
local function claim(key, entries)
  local ids, wanted = {}, {}
  for from = 1, #entries, ENTRY do
    ids[#ids + 1] = string.sub(entries, from, from + FINGERPRINT - 1)
    wanted[#wanted + 1] = string.sub(entries, from + FINGERPRINT, from + ENTRY - 1)
  end
  local recorded = redis.call('HMGET', key, unpack(ids))
  local claimed, added = {}, {}
  for i, id in ipairs(ids) do
    if not recorded[i] then
      -- The same id twice in one call: the first has it.
      recorded[i] = claimed[id] or wanted[i]
      if not claimed[id] then
        claimed[id] = wanted[i]
        added[#added + 1] = id
        added[#added + 1] = wanted[i]
      end
    end
  end
  if #added > 0 then redis.call('HSET', key, unpack(added)) end
  redis.call('PEXPIRE', key, ttlMs)
  return table.concat(recorded)
end

local answer = {}
for i, key in ipairs(KEYS) do answer[i] = claim(key, ARGV[i + 1]) end
return answer
