-- Returns the summary, then ids, marks and payloads by turns, a list each.
local ids = redis.call('ZRANGE', ORDER, 0, -1)
local reply = {redis.call('GET', SUMMARY) or ''}
in_chunks(ids, function(first, last)
    reply[#reply + 1] = {unpack(ids, first, last)}
    reply[#reply + 1] = redis.call('HMGET', MARKS, unpack(ids, first, last))
    reply[#reply + 1] = redis.call('HMGET', MESSAGES, unpack(ids, first, last))
end)
refresh_expiry()
return reply
