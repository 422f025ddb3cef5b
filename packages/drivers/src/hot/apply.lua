-- Applies one stretch to the hot store, all of it or nothing, once.
--
-- KEYS  1 cursor  2 messages:sorted  3 messages:data  4 sessions:active
--       5 processed:files  6 file:positions  7 live stream
-- ARGV  1 JSON {first, last, messages:[{ref, seq, sub, said_ms, session, json}], files:[{file, position}]}
--       2 how many messages stay  3 live channel  4 how many events the stream keeps
--
-- Returns "ok", or "gap <cursor>" when the stretch begins beyond the cursor.
--
-- Entries at or below the cursor change nothing. A message known by its ref is
-- left as it is: the first one heard wins, and seqs only grow. The window is cut
-- by (said_ms, ref), so the order of arrival does not show in it.
local cursor = tonumber(redis.call('GET', KEYS[1]) or '0')
local stretch = cjson.decode(ARGV[1])
local keep = tonumber(ARGV[2])
if stretch.first > cursor + 1 then return 'gap ' .. cursor end

for _, message in ipairs(stretch.messages) do
  if message.seq > cursor then
    if redis.call('HEXISTS', KEYS[3], message.ref) == 0 then
      redis.call('ZADD', KEYS[2], message.said_ms, message.ref)
      redis.call('HSET', KEYS[3], message.ref, message.json)
    end
    redis.call('ZADD', KEYS[4], 'GT', message.said_ms, message.session)
    local added = redis.pcall('XADD', KEYS[7], 'MAXLEN', '~', ARGV[4], message.seq .. '-' .. message.sub, 'm', message.json)
    if type(added) == 'string' then redis.call('PUBLISH', ARGV[3], message.json) end
  end
end

local over = redis.call('ZCARD', KEYS[2]) - keep
if over > 0 then
  local gone = redis.call('ZRANGE', KEYS[2], 0, over - 1)
  for from = 1, #gone, 500 do
    local some = {}
    for at = from, math.min(from + 499, #gone) do some[#some + 1] = gone[at] end
    redis.call('HDEL', KEYS[3], unpack(some))
  end
  redis.call('ZREMRANGEBYRANK', KEYS[2], 0, over - 1)
end

if stretch.last > cursor then
  for _, file in ipairs(stretch.files) do
    redis.call('SADD', KEYS[5], file.file)
    redis.call('HSET', KEYS[6], file.file, file.position)
  end
  redis.call('SET', KEYS[1], stretch.last)
end
return 'ok'
