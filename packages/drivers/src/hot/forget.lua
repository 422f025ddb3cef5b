-- Takes messages out of the hot store, by the places of their entries.
--
-- KEYS  1 messages:sorted  2 messages:data  3 live stream  4 live:known  5 live:given
-- ARGV  from, to, from, to, ... : places, both ends included, in order
--
-- Returns how many messages left the window. What is not there is passed over:
-- twice is once.

local ranges = {}
for at = 1, #ARGV, 2 do ranges[#ranges + 1] = { tonumber(ARGV[at]), tonumber(ARGV[at + 1]) } end

local function is_gone(seq)
  for _, range in ipairs(ranges) do
    if seq >= range[1] and seq <= range[2] then return true end
  end
  return false
end

local left = 0
local held = redis.call('HGETALL', KEYS[2])
for at = 1, #held, 2 do
  if is_gone(cjson.decode(held[at + 1]).seq) then
    redis.call('HDEL', KEYS[2], held[at])
    redis.call('ZREM', KEYS[1], held[at])
    left = left + 1
  end
end

local events = 0
for _, range in ipairs(ranges) do
  redis.call('ZREMRANGEBYSCORE', KEYS[4], range[1], range[2])
  for _, event in ipairs(redis.call('XRANGE', KEYS[3], range[1], range[2])) do
    redis.call('XDEL', KEYS[3], event[1])
    redis.call('DECR', KEYS[5])
    events = events + 1
  end
end

-- A stream keeps the bytes of what was taken out beside those that stay: it is
-- made anew, and still knows the last id it ever gave.
if events > 0 then
  local facts, newest = redis.call('XINFO', 'STREAM', KEYS[3]), nil
  for at = 1, #facts, 2 do
    if facts[at] == 'last-generated-id' then newest = facts[at + 1] end
  end
  local stay = redis.call('XRANGE', KEYS[3], '-', '+')
  redis.call('DEL', KEYS[3])
  for _, event in ipairs(stay) do redis.call('XADD', KEYS[3], event[1], unpack(event[2])) end
  if #stay == 0 or stay[#stay][1] ~= newest then
    redis.call('XADD', KEYS[3], newest, 'm', '{}')
    redis.call('XDEL', KEYS[3], newest)
  end
end
return left
