-- Makes changes of one session and of its conversations, all of them or none;
-- in any order and any number of times, with the same result (M11).
--
-- KEYS  1 metadata  2 emotion  3 context_snapshot  4 events  5 said  6 notes
--       7 messages  8 milestones  9 breakthroughs  10 emotions  11 models
--       12 off_record  13 judgements  14 removed
--       15 the user's index  16 all sessions  17 cursor of the hot store
--       18… conversations
-- ARGV  1 "apply"    events as they are heard
--         "part"     some of the events of a session that is put back
--         "whole"    all of them were given
--         "touch"    nothing but that somebody was here
--       2 when the session last went on (ms), 0 when these events are not that
--       3 days a session lives when it does not say itself
--       4 how many messages are kept
--       5 lowest seq of the events
--       6 seq of the event that began the session, 0 when it is none of these
--       7 "whole" only: the seq up to which all its events were given
--       8 the session in the user's index  9 the same in that of all sessions
--       then of each change: what, number of its key, name, seq, text
--
-- Returns "whole", "partial" (events from before are missing), or "absent".
--
-- Values are "<seq> <JSON>", so that each can be written only if newer, or only
-- if older. Beside its fields, `metadata` holds:
--   @touched  when the session last went on; its life is counted from there (M12)
--   @whole    everything that was heard of it is here, or will be: the workers
--             apply all that lies beyond the cursor (M13)
--   @from     it is not whole; from this seq on, everything is here or will be
--   @convs    keys of its conversations, which live as long
local DAY, LINGER = 86400000, 3600000
local OWN = 14
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local mode, heard, ring = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[4])
local lowest, begins, up_to = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])

local function seq_of(value) return tonumber(string.match(value, '^%d+')) end

-- Writes a value unless there is one that holds against it.
local function write(key, name, seq, text, newest)
  local known = redis.call('HGET', key, name)
  if known then
    if newest and seq <= seq_of(known) then return end
    if not newest and seq >= seq_of(known) then return end
  end
  redis.call('HSET', key, name, string.format('%d', seq) .. ' ' .. text)
end

local function list_of(key) return string.match(key, '[^:]+$') end
local function is_removed(list, name) return redis.call('SISMEMBER', KEYS[14], list .. '/' .. name) == 1 end

-- The newest so many messages that were ever said keep their words, unless they were deleted: of any order the same (M14).
local function keep_message(name, seq, text)
  local rank = redis.call('ZREVRANK', KEYS[5], name)
  if not rank or rank >= ring or is_removed('said', name) then return end
  write(KEYS[7], name, seq, text, false)
  for _, over in ipairs(redis.call('ZREVRANGE', KEYS[5], ring, ring)) do redis.call('HDEL', KEYS[7], over) end
end

local make = {
  set = function(key, name, seq, text) write(key, name, seq, text, true) end,
  first = function(key, name, seq, text) write(key, name, seq, text, false) end,
  rank = function(key, name, seq) redis.call('ZADD', key, 'LT', seq, name) end,
  add = function(key, name, seq, text)
    if not is_removed(list_of(key), name) then write(key, name, seq, text, false) end
  end,
  message = function(_, name, seq, text) keep_message(name, seq, text) end,
  unsay = function(_, name)
    redis.call('SADD', KEYS[14], 'said/' .. name)
    redis.call('HDEL', KEYS[7], name)
  end,
  remove = function(key, name)
    redis.call('SADD', KEYS[14], list_of(key) .. '/' .. name)
    redis.call('HDEL', key, name)
  end,
}

if mode == 'touch' then
  if redis.call('HEXISTS', KEYS[1], '@touched') == 0 then return 'absent' end
  heard = now
end

-- An event that was heard before, under a lower seq, counts as that one.
local repeated, convs = false, {}
for at = 10, #ARGV, 5 do
  local number, name, seq = tonumber(ARGV[at + 1]), ARGV[at + 2], tonumber(ARGV[at + 3])
  if number == 4 then
    local known = redis.call('ZSCORE', KEYS[4], name)
    repeated = known and tonumber(known) < seq
  end
  if number > OWN then convs[KEYS[number]] = true end
  if not repeated then make[ARGV[at]](KEYS[number], name, seq, ARGV[at + 4]) end
end

local held = redis.call('HMGET', KEYS[1], '@whole', '@from', '@touched', '@convs', 'ttl_days')
local whole, from, touched = held[1], tonumber(held[2] or nil), tonumber(held[3] or 0)

-- Whole or not.
if not whole and mode ~= 'touch' then
  local cursor = tonumber(redis.call('GET', KEYS[17]) or 0)
  if mode == 'whole' then
    whole = up_to >= cursor or (from and up_to >= from - 1)
  elseif mode == 'apply' then
    -- What lies up to the cursor may have come and gone with the session's earlier life.
    whole = begins > cursor
    if not whole and lowest > cursor and (not from or lowest < from) then
      redis.call('HSET', KEYS[1], '@from', lowest)
    end
  end
  if whole then
    redis.call('HSET', KEYS[1], '@whole', 1)
    redis.call('HDEL', KEYS[1], '@from')
  end
end

-- How long.
if heard > touched then
  touched = heard
  redis.call('HSET', KEYS[1], '@touched', string.format('%d', touched))
end
local days = held[5] and string.match(held[5], ' (.+)$') or ARGV[3]
local expires = touched > 0 and touched + days * DAY or now + LINGER
if expires <= now then
  redis.call('DEL', unpack(KEYS, 1, OWN))
  redis.call('ZREM', KEYS[15], ARGV[8])
  redis.call('ZREM', KEYS[16], ARGV[9])
  return 'absent'
end
local expires_at = string.format('%d', expires)
for at = 1, OWN do redis.call('PEXPIREAT', KEYS[at], expires_at) end

-- A key that others use too lives as long as the longest of them.
local function live_on(key)
  local left = redis.call('PTTL', key)
  if left < 0 or now + left < expires then redis.call('PEXPIREAT', key, expires_at) end
end

local known = held[4] or ''
for key in string.gmatch(known, '[^\n]+') do
  convs[key] = nil
  live_on(key)
end
for key in pairs(convs) do
  known = known .. key .. '\n'
  redis.call('HSET', KEYS[1], '@convs', known)
  live_on(key)
end
redis.call('PEXPIREAT', KEYS[1], expires_at)

if touched > 0 then
  redis.call('ZREMRANGEBYSCORE', KEYS[15], '-inf', now)
  redis.call('ZREMRANGEBYSCORE', KEYS[16], '-inf', now)
  redis.call('ZADD', KEYS[15], expires_at, ARGV[8])
  redis.call('ZADD', KEYS[16], expires_at, ARGV[9])
  live_on(KEYS[15])
end
return whole and 'whole' or 'partial'
