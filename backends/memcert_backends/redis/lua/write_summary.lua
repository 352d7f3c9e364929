-- ARGV[2]: the summary; "" removes it.
local problem = look()
if problem then
    return problem
end
local summary = ARGV[2]
if summary == '' and summary_is == 'nowhere' then
    return unchanged()
end
if summary ~= '' then
    problem = begin_change(true, {})
    if problem then
        return problem
    end
    redis.call('HSET', MESSAGES, SUMMARY, summary)
else
    problem = begin_change(false, {'HDEL'})
    if problem then
        return problem
    end
    redis.call('HDEL', MESSAGES, SUMMARY)
end
if summary_is == 'a key' then
    redis.call('UNLINK', OLD_SUMMARY)
end
summary_is = summary ~= '' and 'a field' or 'nowhere'
end_change()
