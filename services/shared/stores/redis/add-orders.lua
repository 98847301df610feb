-- add-orders.lua: adds counted orders to what is remembered of shops and users, each order once.
-- KEYS  1..n: hash of a subject: n:CURRENCY orders, sum:CURRENCY minor units, wm:SOURCE last offset added,
--       rv:SOURCE:OFFSET version and state of the last decision on an order
-- ARGV  1: ttlMs: every hash named lives so long from now
--       2: JSON: sources, a list of "topic:partition"
--       3: JSON: for each key a list of orders {source number (from 1), offset, currency, minor units}, for
--          a decision also {version, target, first}: target and first state are 0 or 1
-- returns  how many were added now; an order at or below the watermark of its source, or a decision at
--          or below the version kept, was added before
-- O(orders). Checks every argument before the first write: Redis does not take a failed script back.

local MAX = 2 ^ 53
local MAX_AMOUNT = 1e15

local function whole(x) return type(x) == 'number' and x >= 0 and x <= MAX and x % 1 == 0 end
local function bit(x) return x == 0 or x == 1 end

local function badOrder(order, sources)
  if type(order) ~= 'table' then return 'an order is not a list' end
  if not whole(order[1]) or not sources[order[1]] then return 'no such source' end
  if not whole(order[2]) then return 'an offset is not a whole number' end
  if type(order[3]) ~= 'string' or #order[3] == 0 then return 'a currency is not a text' end
  local amount = order[4]
  if type(amount) ~= 'number' or not (math.abs(amount) <= MAX_AMOUNT) or amount % 1 ~= 0 then
    return 'an amount is not a whole number in range'
  end
  if order[5] ~= nil then
    if not whole(order[5]) or order[5] < 1 then return 'a version is not a positive number' end
    if not bit(order[6]) or not bit(order[7]) then return 'a state is neither 0 nor 1' end
  end
end

local function fault(ttlMs, sources, subjects)
  if not whole(ttlMs) or ttlMs < 1 or ttlMs > 1e12 then return 'ttlMs is not a positive whole number' end
  if type(sources) ~= 'table' or type(subjects) ~= 'table' then return 'not a JSON list' end
  if #KEYS ~= #subjects then return 'one list of orders is needed for each key' end
  for _, orders in ipairs(subjects) do
    if type(orders) ~= 'table' then return 'orders are not a list' end
    for _, order in ipairs(orders) do
      local why = badOrder(order, sources)
      if why then return why end
    end
  end
end

-- How many times an order is to be counted now (once; for a decision -1, 0 or 1), moving its watermark
-- or version; nil where that was done before.
local function shareOf(key, order, source)
  if not order[5] then
    local field = 'wm:' .. source
    if order[2] <= tonumber(redis.call('HGET', key, field) or -1) then return nil end
    redis.call('HSET', key, field, string.format('%.0f', order[2]))
    return 1
  end
  local field = string.format('rv:%s:%.0f', source, order[2])
  local version, state = string.match(redis.call('HGET', key, field) or '', '^(%d+):([01])$')
  if version and order[5] <= tonumber(version) then return nil end
  redis.call('HSET', key, field, string.format('%.0f:%d', order[5], order[6]))
  return order[6] - (tonumber(state) or order[7])
end

-- Sums are exact below 2^53 minor units, and finite always.
local function add(key, order, share)
  if share == 0 then return end
  redis.call('HINCRBY', key, 'n:' .. order[3], share)
  local field = 'sum:' .. order[3]
  local sum = tonumber(redis.call('HGET', key, field) or 0) + share * order[4]
  redis.call('HSET', key, field, string.format('%.0f', sum))
end

local ttlMs = tonumber(ARGV[1])
local sources, subjects = cjson.decode(ARGV[2]), cjson.decode(ARGV[3])
local why = fault(ttlMs, sources, subjects)
if why then return redis.error_reply('ERR add-orders: ' .. why) end
local added = 0
for i, orders in ipairs(subjects) do
  for _, order in ipairs(orders) do
    local share = shareOf(KEYS[i], order, sources[order[1]])
    if share then
      add(KEYS[i], order, share)
      added = added + 1
    end
  end
  redis.call('PEXPIRE', KEYS[i], ttlMs)
end
return added
