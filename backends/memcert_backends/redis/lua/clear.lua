-- Removes messages and marks, and leaves the summary.
-- The server frees the memory later, in the background.
local problem = look()
if problem then
    return problem
end
if message_count == 0 then
    return unchanged()
end
local summary = summary_is == 'a field' and summary_there()
problem = begin_change(false, {'UNLINK'})
if problem then
    return problem
end
redis.call('UNLINK', MESSAGES, ORDER, MARKS, MARKED)
if summary then
    redis.call('HSET', MESSAGES, SUMMARY, summary)
end
end_change()
