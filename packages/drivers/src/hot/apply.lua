-- Applies one stretch to the hot store, all of it or nothing, once.
--
-- KEYS  1 cursor  2 messages:sorted  3 messages:data  4 sessions:active
--       5 processed:files  6 file:positions  7 live stream  8 live:known  9 live:given
--       10 messages:hidden  11 the journal this Redis is claimed for
-- ARGV  1 first seq  2 last seq  3 how many messages the window holds
--       4 live channel  5 how many events the stream keeps  6 for how many seqs a message is known
--       7 how many steps  8 how many files  9 the journal it was claimed for, or ''
--       then of each step: what, ref, seq, sub, said_ms, session, json, whose
--         say    a message; whose is empty but for events of sessions
--         hide   the message of this ref is hidden for good
--         off    what follows of whose is hidden, until on
--       then of each file: file, position
--
-- Returns "ok", "gap <cursor>" when the stretch begins beyond the cursor, or
-- "unclaimed": it was emptied since it was claimed, and what was made beside the
-- stretch may be gone. Then it is claimed again, and everything made again.
--
-- Entries at or below the cursor change nothing. A message heard again within so
-- many seqs is a repeat: the first one stays and nobody is told twice. Of copies
-- further apart the one said last stays. Scores in the window therefore only
-- grow, and where one stretch ends and the next begins does not show in it.
--
-- A message that is hidden keeps its place in the window, and nothing of it is
-- there: so it does not show whether it came before what hides it or after.
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

-- Which of these are members of a set, by name.
local function those_in(key, names)
  local there, at = {}, 0
  in_parts(names, function(...)
    for place, is_there in ipairs(redis.call('SMISMEMBER', key, ...)) do
      if is_there == 1 then there[names[at + place]] = true end
    end
    at = at + PER_CALL
  end)
  return there
end

local cursor = tonumber(redis.call('GET', KEYS[1]) or '0')
local first, last, room = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local remembered, files_from = tonumber(ARGV[6]), 10 + 8 * tonumber(ARGV[7])
if ARGV[9] ~= '' and redis.call('GET', KEYS[11]) ~= ARGV[9] then return 'unclaimed' end
if first > cursor + 1 then return 'gap ' .. cursor end
if last <= cursor then return 'ok' end

local refs, may_hide = {}, {}
for at = 10, files_from - 1, 8 do
  local what, ref, whose = ARGV[at], ARGV[at + 1], ARGV[at + 7]
  if what == 'say' or what == 'hide' then refs[#refs + 1] = ref end
  if what == 'say' and whose ~= '' then
    may_hide[#may_hide + 1] = ref
    may_hide[#may_hide + 1] = 'off ' .. whose
  end
end
local heard, held = scores_of(KEYS[8], refs), scores_of(KEYS[2], refs)
local hidden = those_in(KEYS[10], may_hide)

-- Think: what is hidden, what is new, what the window takes, when each session spoke last.
local new, known, enters, spoke = {}, {}, {}, {}
local hides, given_at, switched = {}, {}, {}
for at = 10, files_from - 1, 8 do
  local what, ref, seq = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2])
  local said, session, whose = tonumber(ARGV[at + 4]), ARGV[at + 5], ARGV[at + 7]
  if seq <= cursor then
    -- It is done.
  elseif what == 'off' or what == 'on' then
    hidden['off ' .. whose] = what == 'off'
    switched['off ' .. whose] = what == 'off' and 'SADD' or 'SREM'
  elseif what == 'hide' then
    hidden[ref] = true
    hides[#hides + 1] = ref
    given_at[ref] = heard[ref]
  else
    local is_off = whose ~= '' and hidden['off ' .. whose]
    local is_repeat = heard[ref] and seq - heard[ref] <= remembered
    if not spoke[session] or said > spoke[session] then spoke[session] = said end
    -- What was said on the record and repeated off it stays as it was.
    if not is_repeat and not (is_off and held[ref]) then
      if is_off and not hidden[ref] then
        hidden[ref] = true
        hides[#hides + 1] = ref
      end
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
  scores[#scores + 1] = ARGV[at + 4]
  scores[#scores + 1] = ref
  if not hidden[ref] then
    data[#data + 1] = ref
    data[#data + 1] = ARGV[at + 6]
  end
end
in_parts(sessions, function(...) redis.call('ZADD', KEYS[4], 'GT', ...) end)
in_parts(known, function(...) redis.call('ZADD', KEYS[8], ...) end)
in_parts(scores, function(...) redis.call('ZADD', KEYS[2], ...) end)
in_parts(data, function(...) redis.call('HSET', KEYS[3], ...) end)
for whose, how in pairs(switched) do redis.call(how, KEYS[10], whose) end
in_parts(hides, function(...)
  redis.call('SADD', KEYS[10], ...)
  redis.call('HDEL', KEYS[3], ...)
end)

local over = redis.call('ZCARD', KEYS[2]) - room
if over > 0 then
  in_parts(redis.call('ZRANGE', KEYS[2], 0, over - 1), function(...) redis.call('HDEL', KEYS[3], ...) end)
  redis.call('ZREMRANGEBYRANK', KEYS[2], 0, over - 1)
end

for _, at in ipairs(new) do
  -- An id the stream is past already was given before somebody lost the cursor: it is not given again.
  local id = ARGV[at + 2] .. '-' .. ARGV[at + 3]
  local is_shown = not hidden[ARGV[at + 1]]
  local added = is_shown and redis.pcall('XADD', KEYS[7], 'MAXLEN', '~', ARGV[5], id, 'm', ARGV[at + 6])
  if type(added) == 'string' then
    redis.call('INCR', KEYS[9])
    redis.call('PUBLISH', ARGV[4], ARGV[at + 6])
  end
end

-- An event is the only message of its entry. What the stream no longer holds it has forgotten, and what is hidden it never had.
for _, ref in ipairs(hides) do
  local seq = given_at[ref]
  if seq and redis.call('XDEL', KEYS[7], string.format('%d-0', seq)) == 1 then redis.call('DECR', KEYS[9]) end
end

local forgotten = last - remembered - 1
local oldest = redis.call('XRANGE', KEYS[7], '-', '+', 'COUNT', 1)[1]
if oldest then forgotten = math.min(forgotten, tonumber(string.match(oldest[1], '^%d+')) - 1) end
redis.call('ZREMRANGEBYSCORE', KEYS[8], '-inf', forgotten)

for at = files_from, #ARGV, 2 do
  redis.call('SADD', KEYS[5], ARGV[at])
  redis.call('HSET', KEYS[6], ARGV[at], ARGV[at + 1])
end
redis.call('SET', KEYS[1], last)
return 'ok'
