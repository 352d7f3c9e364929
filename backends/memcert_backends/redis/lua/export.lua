-- Returns the summary, then ids, marks and payloads by turns, a list each.
local problem = look()
if problem then
    return problem
end
local ids = redis.call('ZRANGE', ORDER, 0, -1)
local reply = {summary_there()}
in_chunks(ids, function(first, last)
    reply[#reply + 1] = {unpack(ids, first, last)}
    reply[#reply + 1] = redis.call('HMGET', MARKS, unpack(ids, first, last))
    reply[#reply + 1] = redis.call('HMGET', MESSAGES, unpack(ids, first, last))
end)
return unchanged(reply)
