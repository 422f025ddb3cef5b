-- Reads what is kept of one session in one look, or nothing (M13): when it is not
-- whole, and while sessions are being made again from the journal.
--
-- KEYS  1…14 as in session.lua  15 cursor of the hot store  16 sessions made to
-- ARGV  1 "state", or "messages"  2 how many messages  3 how many are kept
--       4 the entry up to which everything must have been heard here
--
-- Returns nil, or of a state: metadata, context, the lists in the order of their
-- keys, ids of deleted messages, and how many messages, notes and events; or the
-- newest messages, newest first.
local made_to, cursor = redis.call('GET', KEYS[16]), tonumber(redis.call('GET', KEYS[15]) or 0)
if not made_to or cursor < tonumber(made_to) then return nil end
if cursor < tonumber(ARGV[4]) then return nil end
if redis.call('HEXISTS', KEYS[1], '@whole') == 0 then return nil end

if ARGV[1] == 'messages' then
  -- Deleted messages keep their place among the newest, so that the rest of those is all there is.
  local messages, wanted = {}, tonumber(ARGV[2])
  local looked_at = math.min(wanted + redis.call('SCARD', KEYS[14]), tonumber(ARGV[3]))
  if looked_at < 1 then return messages end
  local ids = redis.call('ZREVRANGE', KEYS[5], 0, looked_at - 1)
  if #ids == 0 then return messages end
  for _, message in ipairs(redis.call('HMGET', KEYS[7], unpack(ids))) do
    if message and #messages < wanted then messages[#messages + 1] = message end
  end
  return messages
end

local deleted, said = {}, redis.call('ZCARD', KEYS[5])
for _, name in ipairs(redis.call('SMEMBERS', KEYS[14])) do
  local id = string.match(name, '^said/(.*)$')
  if id then
    deleted[#deleted + 1] = id
    if redis.call('ZSCORE', KEYS[5], id) then said = said - 1 end
  end
end
local lists = {}
for at = 8, 13 do lists[#lists + 1] = redis.call('HGETALL', KEYS[at]) end
return {
  redis.call('HGETALL', KEYS[1]),
  redis.call('HGETALL', KEYS[3]),
  lists,
  deleted,
  { said, redis.call('ZCARD', KEYS[6]), redis.call('ZCARD', KEYS[4]) },
}
