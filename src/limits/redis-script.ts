/**
 * All limits of a request in one step, which nothing can come between: KEYS are the counters; ARGV[1] is 1 to take and 0 to look, then three
 * for each counter: `r`, interval ms, burst for a bucket; `q`, requests, ms to the end of the period for a quota. Redis’s clock counts for buckets,
 * so that replicas need not agree on the time. Answers [place of the refusing counter or 0, ms to wait, remaining, ms to reset, …].
 */
export const takeScript = `
local take = ARGV[1] == '1'
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local refused, wait = 0, 0
local found = {}
for i, key in ipairs(KEYS) do
  local at = 2 + (i - 1) * 3
  local kind, x, y = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local held = tonumber(redis.call('GET', key) or '0')
  local short
  if kind == 'r' then
    if held < now then held = now end
    short = held + x - now - x * y
    if short < 0.01 then short = nil end
  elseif held + 1 > x then
    short = y
  end
  if short and (refused == 0 or short > wait) then
    refused, wait = i, short
  end
  found[i] = held
end
local adding = (take and refused == 0) and 1 or 0
local answer = { refused, math.ceil(wait) }
for i, key in ipairs(KEYS) do
  local at = 2 + (i - 1) * 3
  local kind, x, y = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local held = found[i]
  if kind == 'r' then
    held = held + x * adding
    if adding == 1 then redis.call('SET', key, string.format('%.3f', held), 'PX', math.ceil(held - now) + 1) end
    answer[#answer + 1] = math.max(math.floor(y - (held - now) / x + 0.001), 0)
    answer[#answer + 1] = math.ceil(held - now)
  else
    held = held + adding
    if adding == 1 then redis.call('SET', key, string.format('%d', held), 'PX', math.ceil(y) + 3600000) end
    answer[#answer + 1] = math.max(x - held, 0)
    answer[#answer + 1] = math.ceil(y)
  end
end
return answer
`;
