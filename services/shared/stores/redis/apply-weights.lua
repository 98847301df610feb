-- apply-weights.lua: adds the weights of source records to users' tags, each record once a user.
-- KEYS  2n: tags sorted set and profile hash of user 1..n by turns, one hash tag a user
-- ARGV  1: ttlMs; 2: slackMs: a user's keys live at least ttlMs from now, at most slackMs longer
--       3: JSON: sources, a list of "topic:partition"
--       4: JSON: a list of [records, seen] for each user
--          record  {source number (from 1), offset, event type, [tag, stored weight by turns]}, and for
--                  a decision also {version, target, first}: target and first state are 0 or 1
--          seen    {lastSeenAt, lastChannelAt, lastChannelBy, lastChannel}, times in ms; the channel's
--                  three may be missing, or seen may be empty
-- returns  one character for each record, in order: 1 applied, 0 skipped; skipped is an original at or
--          below the user's watermark for its source, or a decision at or below the version kept
-- O(tags). Checks every argument before the first write: Redis does not take a failed script back.
-- What makes twice once: watermarks and versions move in the same step as the weights.

local MAX = 2 ^ 53
-- Sums of a billion such weights are still finite.
local MAX_WEIGHT = 1e298

local function whole(x) return type(x) == 'number' and x >= 0 and x <= MAX and x % 1 == 0 end
local function text(x) return type(x) == 'string' and #x > 0 end
local function bit(x) return x == 0 or x == 1 end

local function badTags(tags)
  if type(tags) ~= 'table' or #tags % 2 ~= 0 then return 'tags are not tag and weight by turns' end
  for i = 1, #tags, 2 do
    local weight = tags[i + 1]
    if not text(tags[i]) then return 'a tag is not a text' end
    -- NaN differs from itself; infinity is above the bound.
    if type(weight) ~= 'number' or weight ~= weight or math.abs(weight) > MAX_WEIGHT then
      return 'a weight is not a finite number in range'
    end
  end
end

local function badRecord(record, sources)
  if type(record) ~= 'table' then return 'a record is not a list' end
  if not whole(record[1]) or not sources[record[1]] then return 'no such source' end
  if not whole(record[2]) then return 'an offset is not a whole number' end
  if not text(record[3]) then return 'an event type is not a text' end
  if record[5] ~= nil then
    if not whole(record[5]) or record[5] < 1 then return 'a version is not a positive number' end
    if not bit(record[6]) or not bit(record[7]) then return 'a state is neither 0 nor 1' end
  end
  return badTags(record[4])
end

local function badSeen(seen)
  if type(seen) ~= 'table' then return 'seen is not a list' end
  if seen[1] ~= nil and not whole(seen[1]) then return 'lastSeenAt is not a time' end
  if seen[2] == nil then return end
  if not whole(seen[2]) then return 'lastChannelAt is not a time' end
  if not text(seen[3]) or not text(seen[4]) then return 'lastChannel is not a text' end
end

local function badUser(user, sources)
  if type(user) ~= 'table' or type(user[1]) ~= 'table' then return 'a user is not a list' end
  -- Bounds what unpack() below puts on Lua's stack, which takes about 8,000 values.
  if #user[1] > 1000 then return 'a user has more than 1,000 records' end
  for _, record in ipairs(user[1]) do
    local why = badRecord(record, sources)
    if why then return why end
  end
  return badSeen(user[2])
end

local function duration(x) return x and x >= 1 and x <= 1e12 and x % 1 == 0 end

local function fault(ttlMs, slackMs, sources, users)
  if not duration(ttlMs) then return 'ttlMs is not a positive whole number' end
  if not duration(slackMs) then return 'slackMs is not a positive whole number' end
  if type(sources) ~= 'table' or type(users) ~= 'table' then return 'not a JSON list' end
  for _, source in ipairs(sources) do
    if not text(source) then return 'a source is not a text' end
  end
  if #KEYS ~= 2 * #users then return 'two keys are needed for each user' end
  for _, user in ipairs(users) do
    local why = badUser(user, sources)
    if why then return why end
  end
end

-- The fields of the user's profile that these records read or write, by name.
local function readProfile(key, records, sources)
  local fields = { 'lastSeenAt', 'lastChannelAt', 'lastChannelBy', 'segment' }
  local wanted = {}
  local function want(field)
    if wanted[field] then return end
    wanted[field] = true
    fields[#fields + 1] = field
  end
  want('n:order_completed')
  want('n:product_added')
  for _, record in ipairs(records) do
    want('n:' .. record[3])
    if record[5] then
      want(string.format('rv:%s:%.0f', sources[record[1]], record[2]))
    else
      want('wm:' .. sources[record[1]])
    end
  end
  local values = redis.call('HMGET', key, unpack(fields))
  local profile = {}
  for i, field in ipairs(fields) do profile[field] = values[i] or nil end
  return profile
end

-- How many times a record's weights are to be added now (once; for a decision -1, 0 or 1), moving its
-- watermark or version; nil where that was done before.
local function shareOf(record, source, profile, set)
  if not record[5] then
    local watermark = 'wm:' .. source
    if record[2] <= tonumber(profile[watermark] or -1) then return nil end
    set(watermark, record[2])
    return 1
  end
  local decision = string.format('rv:%s:%.0f', source, record[2])
  local version, state = string.match(profile[decision] or '', '^(%d+):([01])$')
  if version and record[5] <= tonumber(version) then return nil end
  set(decision, string.format('%.0f:%d', record[5], record[6]))
  return record[6] - (tonumber(state) or record[7])
end

-- Last seen and last channel are maxima, so a record seen twice changes nothing.
local function updateSeen(seen, profile, set)
  if seen[1] and seen[1] > tonumber(profile.lastSeenAt or -1) then set('lastSeenAt', seen[1]) end
  if not seen[2] then return end
  local at = tonumber(profile.lastChannelAt or -1)
  if seen[2] > at or (seen[2] == at and seen[3] > (profile.lastChannelBy or '')) then
    set('lastChannelAt', seen[2])
    set('lastChannelBy', seen[3])
    set('lastChannel', seen[4])
  end
end

local function updateSegment(profile, set)
  local segment = 'visitor'
  if tonumber(profile['n:product_added'] or 0) > 0 then segment = 'cart' end
  if tonumber(profile['n:order_completed'] or 0) > 0 then segment = 'buyer' end
  if segment ~= profile.segment then set('segment', segment) end
end

-- Both keys have one lifetime, and are prolonged together: now and then, since each time is two more
-- writes to the append-only file.
local function prolong(tagsKey, profileKey, ttlMs, slackMs)
  if redis.call('PTTL', tagsKey) >= ttlMs then return end
  redis.call('PEXPIRE', tagsKey, ttlMs + slackMs)
  redis.call('PEXPIRE', profileKey, ttlMs + slackMs)
end

-- Adds the flags of the user's records to `flags`; true where anything was written.
local function applyUser(tagsKey, profileKey, user, sources, flags)
  local records, seen = user[1], user[2]
  local profile = readProfile(profileKey, records, sources)
  local fields, changed, sums, tags, applied = {}, {}, {}, {}, false
  local function set(field, value)
    if not changed[field] then fields[#fields + 1] = field end
    changed[field] = true
    profile[field] = value
  end
  for _, record in ipairs(records) do
    local share = shareOf(record, sources[record[1]], profile, set)
    flags[#flags + 1] = share and '1' or '0'
    if share then
      applied = true
      set('n:' .. record[3], tonumber(profile['n:' .. record[3]] or 0) + share)
      for i = 1, share == 0 and 0 or #record[4], 2 do
        local tag = record[4][i]
        if not sums[tag] then tags[#tags + 1] = tag end
        sums[tag] = (sums[tag] or 0) + share * record[4][i + 1]
      end
    end
  end
  if not applied then return false end
  updateSeen(seen, profile, set)
  updateSegment(profile, set)
  for _, tag in ipairs(tags) do redis.call('ZINCRBY', tagsKey, sums[tag], tag) end
  local values = {}
  for i, field in ipairs(fields) do
    values[2 * i - 1] = field
    values[2 * i] = profile[field]
  end
  redis.call('HSET', profileKey, unpack(values))
  return true
end

local ttlMs, slackMs = tonumber(ARGV[1]), tonumber(ARGV[2])
local sources, users = cjson.decode(ARGV[3]), cjson.decode(ARGV[4])
local why = fault(ttlMs, slackMs, sources, users)
if why then return redis.error_reply('ERR apply-weights: ' .. why) end
local flags = {}
for i, user in ipairs(users) do
  local tagsKey, profileKey = KEYS[2 * i - 1], KEYS[2 * i]
  if applyUser(tagsKey, profileKey, user, sources, flags) then
    prolong(tagsKey, profileKey, ttlMs, slackMs)
  end
end
return table.concat(flags)
