-- Reads what is kept of one session in one look, or nothing (R3): when it is not
-- whole, and while sessions are being made again from the journal.
--
-- KEYS  1…14 as in session.lua  15 cursor of the hot store  16 sessions made to
-- ARGV  1 "state", or "messages"  2 how many messages
--
-- Returns nil, or of a state: metadata, context, the lists in the order of their
-- keys, ids of deleted messages, and how many messages, notes and events; or the
-- newest messages, newest first.
local made_to = redis.call('GET', KEYS[16])
if not made_to or tonumber(redis.call('GET', KEYS[15]) or 0) < tonumber(made_to) then return nil end
if redis.call('HEXISTS', KEYS[1], '@whole') == 0 then return nil end

if ARGV[1] == 'messages' then
  local messages = {}
  local ids = redis.call('ZREVRANGE', KEYS[5], 0, -1 + redis.call('HLEN', KEYS[7]) + redis.call('SCARD', KEYS[14]))
  for _, id in ipairs(ids) do
    if #messages >= tonumber(ARGV[2]) then break end
    local message = redis.call('HGET', KEYS[7], id)
    if message then messages[#messages + 1] = message end
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
