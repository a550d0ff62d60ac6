/*
 * What the store does in one step. Two keys: the log, a stream whose entries are numbered from 1, and a hash. Fields of the hash:
 * `run`, `protocol`, `source` (the hash of the scenario that the replicas were started with), `began` (milliseconds since the epoch), `n` (the
 * number of the newest entry), `bytes` since the log was cut last, `cut` where it was, and for each replica `r:ID`, the number of its last batch, and `l:ID`, when it was last heard of.
 */

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
`;

/** Bytes that a log has at most, about. */
export const LOG_BYTES = 256 * 1024 * 1024;
/** Entries that are left when it has more: replicas that are further behind have lost the thread. */
const LEFT = 5_000;

/** `append(n, bytes, replica, payload, field, value)`: adds an entry behind the one of number `n`, and sets a field with it. Each call from a script has its price. */
const APPEND = `
local function append(n, bytes, replica, payload, field, value)
  n = tonumber(n) + 1
  bytes = (tonumber(bytes) or 0) + string.len(payload) + 100
  redis.call('XADD', KEYS[1], string.format('%.0f-1', n), 'r', replica, 't', string.format('%.3f', now), 'p', payload)
  if bytes > ${LOG_BYTES} and n > ${LEFT} then
    redis.call('XTRIM', KEYS[1], 'MINID', string.format('%.0f-0', n - ${LEFT}))
    redis.call('HSET', KEYS[2], 'cut', 1)
    bytes = 0
  end
  redis.call('HSET', KEYS[2], 'n', n, 'bytes', bytes, field, value)
end
`;

/**
 * Arguments: protocol, run, hash of the scenario, replica, first payload, lease in milliseconds. Begins a log where there is none, or
 * where nobody uses the one that is there and it is of another scenario. Answers `joined`, run, began, n; or `other protocol`, `other scenario` or `cut`, and the protocol that is there. A log whose beginning is cut away cannot be joined, and is begun anew when nobody uses it.
 */
export const JOIN = `${NOW}${APPEND}
local fields = redis.call('HGETALL', KEYS[2])
local state, live = {}, 0
for i = 1, #fields, 2 do
  state[fields[i]] = fields[i + 1]
  if string.sub(fields[i], 1, 2) == 'l:' and now - fields[i + 1] <= tonumber(ARGV[6]) then live = live + 1 end
end
if state.run and (state.protocol ~= ARGV[1] or state.source ~= ARGV[3]) then
  if live > 0 then return { state.protocol ~= ARGV[1] and 'other protocol' or 'other scenario', state.protocol } end
  redis.call('DEL', KEYS[1], KEYS[2])
  state = {}
end
if state.cut then
  if live > 0 then return { 'cut', state.protocol } end
  redis.call('DEL', KEYS[1], KEYS[2])
  state = {}
end
if not state.run then
  state = { run = ARGV[2], began = string.format('%.3f', now), n = '1' }
  redis.call('HSET', KEYS[2], 'run', state.run, 'protocol', ARGV[1], 'source', ARGV[3], 'began', state.began)
  append(0, 0, ARGV[4], ARGV[5], 'r:' .. ARGV[4], 0)
end
redis.call('HSET', KEYS[2], 'r:' .. ARGV[4], 0, 'l:' .. ARGV[4], string.format('%.3f', now))
return { 'joined', state.run, state.began, state.n }
`;

/**
 * Arguments: run, replica, number of the batch, until when (0: whenever), payload, the newest entry that the replica knows, the hash of the scenario
 * where it becomes another. Adds a batch once, however often it is sent. Answers `ok`, `known`, `late`, or why nothing can be added: `other run`, `gap` (the replica knows
 * what the store has lost) or `no member`.
 */
export const ADD = `
local state = redis.call('HMGET', KEYS[2], 'run', 'r:' .. ARGV[2], 'n', 'bytes')
if state[1] ~= ARGV[1] then return 'other run' end
if tonumber(state[3]) < tonumber(ARGV[6]) then return 'gap' end
if not state[2] then return 'no member' end
if tonumber(ARGV[3]) <= tonumber(state[2]) then return 'known' end
${NOW}${APPEND}
if tonumber(ARGV[4]) > 0 and now > tonumber(ARGV[4]) then return 'late' end
append(state[3], state[4], ARGV[2], ARGV[5], 'r:' .. ARGV[2], ARGV[3])
if ARGV[7] then redis.call('HSET', KEYS[2], 'source', ARGV[7]) end
return 'ok'
`;

/**
 * Arguments: run, replica, milliseconds that the keys live from now on, the newest entry that the replica knows, and when the store took it. A store that lost the end of its log, and
 * went on, has another entry of that number. Answers `ok`, the time, n, and all that was heard of replicas: field, value, …; else see ADD.
 */
export const BEAT = `${NOW}
local state = redis.call('HMGET', KEYS[2], 'run', 'r:' .. ARGV[2], 'n')
if state[1] ~= ARGV[1] then return { 'other run' } end
if tonumber(state[3]) < tonumber(ARGV[4]) then return { 'gap' } end
local known = redis.call('XRANGE', KEYS[1], ARGV[4] .. '-1', ARGV[4] .. '-1')[1]
if known and known[2][4] ~= ARGV[5] then return { 'gap' } end
if not state[2] then return { 'no member' } end
redis.call('HSET', KEYS[2], 'l:' .. ARGV[2], string.format('%.3f', now))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return { 'ok', string.format('%.3f', now), state[3], redis.call('HGETALL', KEYS[2]) }
`;

/** Arguments: run, replica, lease in milliseconds (0: whatever its lease). Takes a replica out, and says so in the log. Answers `ok`, `alive` or `no member`. */
export const TAKE_OUT = `${NOW}${APPEND}
local state = redis.call('HMGET', KEYS[2], 'run', 'r:' .. ARGV[2], 'l:' .. ARGV[2], 'n', 'bytes')
if state[1] ~= ARGV[1] or not state[2] then return 'no member' end
if tonumber(ARGV[3]) > 0 and state[3] and now - state[3] <= tonumber(ARGV[3]) then return 'alive' end
append(state[4], state[5], ARGV[2], '', 'l:' .. ARGV[2], 0)
redis.call('HDEL', KEYS[2], 'r:' .. ARGV[2], 'l:' .. ARGV[2])
return 'ok'
`;
