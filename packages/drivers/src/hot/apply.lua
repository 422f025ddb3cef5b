-- Applies one stretch to the hot store, all of it or nothing, once.
--
-- KEYS  1 cursor  2 messages:sorted  3 messages:data  4 sessions:active
--       5 processed:files  6 file:positions  7 live stream  8 live:known  9 live:given
-- ARGV  1 first seq  2 last seq  3 how many messages the window holds
--       4 live channel  5 how many events the stream keeps  6 for how many seqs a message is known
--       7 how many messages  8 how many files
--       then of each message: ref, seq, sub, said_ms, session, json
--       then of each file: file, position
--
-- Returns "ok", or "gap <cursor>" when the stretch begins beyond the cursor.
--
-- Entries at or below the cursor change nothing. A message heard again within so
-- many seqs is a repeat: the first one stays and nobody is told twice. Of copies
-- further apart the one said last stays. Scores in the window therefore only
-- grow, and where one stretch ends and the next begins does not show in it.
--
-- A full Redis refuses the first write, before anything has changed.
local PER_CALL = 1000 -- Lua's stack takes some 8000 arguments

-- Calls work(...) with the list's members, a bounded number at a time.
local function in_parts(list, work)
  for from = 1, #list, PER_CALL do
    work(unpack(list, from, math.min(from + PER_CALL - 1, #list)))
  end
end

-- The scores of members, by member.
local function scores_of(key, members)
  local scores, at = {}, 0
  in_parts(members, function(...)
    for place, score in ipairs(redis.call('ZMSCORE', key, ...)) do
      if score then scores[members[at + place]] = tonumber(score) end
    end
    at = at + PER_CALL
  end)
  return scores
end

local cursor = tonumber(redis.call('GET', KEYS[1]) or '0')
local first, last, room = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local remembered, files_from = tonumber(ARGV[6]), 9 + 6 * tonumber(ARGV[7])
if first > cursor + 1 then return 'gap ' .. cursor end
if last <= cursor then return 'ok' end

local refs = {}
for at = 9, files_from - 1, 6 do refs[#refs + 1] = ARGV[at] end
local heard, held = scores_of(KEYS[8], refs), scores_of(KEYS[2], refs)

-- Think: what is new, what the window takes, when each session spoke last.
local new, known, enters, spoke = {}, {}, {}, {}
for at = 9, files_from - 1, 6 do
  local ref, seq, said, session = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 3]), ARGV[at + 4]
  if seq > cursor then
    if not spoke[session] or said > spoke[session] then spoke[session] = said end
    if not heard[ref] or seq - heard[ref] > remembered then
      heard[ref] = seq
      new[#new + 1] = at
      known[#known + 1] = seq
      known[#known + 1] = ref
      if not held[ref] or said > held[ref] then
        held[ref] = said
        enters[ref] = at
      end
    end
  end
end

-- Write.
local sessions, scores, data = {}, {}, {}
for session, said in pairs(spoke) do
  sessions[#sessions + 1] = said
  sessions[#sessions + 1] = session
end
for ref, at in pairs(enters) do
  scores[#scores + 1] = ARGV[at + 3]
  scores[#scores + 1] = ref
  data[#data + 1] = ref
  data[#data + 1] = ARGV[at + 5]
end
in_parts(sessions, function(...) redis.call('ZADD', KEYS[4], 'GT', ...) end)
in_parts(known, function(...) redis.call('ZADD', KEYS[8], ...) end)
in_parts(scores, function(...) redis.call('ZADD', KEYS[2], ...) end)
in_parts(data, function(...) redis.call('HSET', KEYS[3], ...) end)
redis.call('ZREMRANGEBYSCORE', KEYS[8], '-inf', last - remembered - 1)

local over = redis.call('ZCARD', KEYS[2]) - room
if over > 0 then
  in_parts(redis.call('ZRANGE', KEYS[2], 0, over - 1), function(...) redis.call('HDEL', KEYS[3], ...) end)
  redis.call('ZREMRANGEBYRANK', KEYS[2], 0, over - 1)
end

for _, at in ipairs(new) do
  -- An id the stream is past already was given before somebody lost the cursor: it is not given again.
  local id = ARGV[at + 1] .. '-' .. ARGV[at + 2]
  local added = redis.pcall('XADD', KEYS[7], 'MAXLEN', '~', ARGV[5], id, 'm', ARGV[at + 5])
  if type(added) == 'string' then
    redis.call('INCR', KEYS[9])
    redis.call('PUBLISH', ARGV[4], ARGV[at + 5])
  end
end

for at = files_from, #ARGV, 2 do
  redis.call('SADD', KEYS[5], ARGV[at])
  redis.call('HSET', KEYS[6], ARGV[at], ARGV[at + 1])
end
redis.call('SET', KEYS[1], last)
return 'ok'
