"""The scripts that Redis carries out, each as one step that nobody can come between."""

ADMIT = """
local seen, rate, lock, line, talk = unpack(KEYS)
local me, lease, now, burst, per_second, in_doubt = unpack(ARGV)
local holder = redis.call('GET', seen)
if holder and not (in_doubt == '1' and holder == me) then return {'repeated'} end
if not holder then
    burst, per_second, now = tonumber(burst), tonumber(per_second), tonumber(now)
    local left, since = burst, now
    local bucket = redis.call('GET', rate)
    if bucket then
        left, since = bucket:match('(%S+) (%S+)')
        left = math.min(burst, left + math.max(0, now - since) * per_second)
    end
    local allowed = left >= 1
    if allowed then left = left - 1 end
    redis.call('SET', rate, string.format('%.6f %.6f', left, now), 'EX', math.ceil(burst / per_second) + 1)
    if not allowed then return {'too_many'} end
    redis.call('SET', seen, me, 'PX', lease)
end
if redis.call('EXISTS', lock, line) > 0 then return {'fresh'} end
redis.call('SET', lock, me, 'PX', lease)
return {'fresh', redis.call('GET', talk)}
"""
"""Claim a message, unless it is seen or its user too fast; take the user's lock too when it is free.

A second value means that the lock is ours: it is the conversation, or nil.
"""

ENTER = """
local lock, line, alive, talk = unpack(KEYS)
local me, lease, lost = unpack(ARGV)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local holder = redis.call('GET', lock)
if not holder then
    local first = redis.call('LINDEX', line, 0)
    while first and first ~= me and now - (redis.call('HGET', alive, first) or 0) > tonumber(lost) do
        redis.call('LPOP', line)
        redis.call('HDEL', alive, first)
        first = redis.call('LINDEX', line, 0)
    end
    if not first or first == me then holder = me end
end
if holder == me then
    redis.call('SET', lock, me, 'PX', lease)
    redis.call('LREM', line, 0, me)
    redis.call('HDEL', alive, me)
    return {redis.call('GET', talk)}
end
if not redis.call('LPOS', line, me) then redis.call('RPUSH', line, me) end
redis.call('HSET', alive, me, now)
redis.call('PEXPIRE', line, 60000)
redis.call('PEXPIRE', alive, 60000)
return {}
"""
"""Take the user's lock, or a place in the line for it; a value means that the lock is ours, as above."""

LEAVE = """
local lock, talk, seen, said = unpack(KEYS)
local me, conversation, lifetime, window, reply, minute = unpack(ARGV)
if redis.call('GET', lock) ~= me then return 0 end
redis.call('DEL', lock)
if not conversation then return 1 end
if conversation == '' then redis.call('DEL', talk) else redis.call('SET', talk, conversation, 'PX', lifetime) end
if seen and redis.call('GET', seen) == me then
    redis.call('PEXPIRE', seen, window)
    if reply ~= '' then redis.call('SET', said, reply, 'PX', minute) end
end
return 1
"""
"""Let go of the lock; save the conversation ('' is a fresh start), confirm the message, keep the reply, where given."""

TAKE_OVER = """
local reply = redis.call('GET', KEYS[1])
if not reply or reply == '' then return nil end
redis.call('SET', KEYS[1], '', 'KEEPTTL')
return reply
"""
"""Take a reply that is kept, so that nobody else does."""

KEEPS = """
if redis.call('GET', KEYS[1]) == '' then return 0 end
redis.call('DEL', KEYS[1])
return 1
"""
"""Let nobody take the reply any more; 0 where somebody has."""

KEEP = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0"
"""Renew the lease of a key that is ours."""

DROP = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
"""Delete a key that is ours."""
