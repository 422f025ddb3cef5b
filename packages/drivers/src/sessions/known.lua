-- Of which sessions Redis has all of these events already, so that nobody makes
-- their changes again: an event that stands in `events` under this seq was made
-- whole, for session.lua makes all of its changes or none.
--
-- KEYS  of each session: its metadata, its events
-- ARGV  of each session: how many events, then of each its id and its seq
--
-- Returns of each session 1, or 0: one of them is not there, or the session is
-- not whole, and session.lua decides.
local answers, at = {}, 1
for place = 1, #KEYS, 2 do
  local last = at + 2 * ARGV[at]
  local answer = redis.call('HEXISTS', KEYS[place], '@whole')
  for one = at + 1, last, 2 do
    if answer == 0 then break end
    local seq = redis.call('ZSCORE', KEYS[place + 1], ARGV[one])
    if not seq or tonumber(seq) ~= tonumber(ARGV[one + 1]) then answer = 0 end
  end
  answers[#answers + 1] = answer
  at = last + 1
end
return answers
