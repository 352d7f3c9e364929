-- What every script begins with, too: whether the space is whole, and how a change of it ends.
--
-- A header in `messages`, under a name that no id has, says what must be there: the format's
-- version, how many messages there are, how many of them have marks, how many entries `marked` has,
-- whether there is a summary, and when all keys expire (milliseconds since 1970; 0: never). A key
-- that was evicted, or expired alone, is missed at once, at a cost that does not grow.
--
-- A space without a header was written by 0.1.0 (format 1), or is empty. There, the summary is a key
-- of its own. It is not among KEYS, since in a cluster, while a slot moves, a key that is not there
-- would keep every script waiting. Whatever changes the space gives it a header.
local FORMAT = '2'
local HEADER, SUMMARY = '', '\0summary'
local OLD_SUMMARY = string.sub(MESSAGES, 1, -1 - #'messages') .. 'summary'
-- How far, in milliseconds, two readings of the moment of expiry may be apart.
local TOLERANCE = 100

local message_count, summary_is, written_deadline = 0, 'nowhere', 0

local function unlike(found, expected)
    for position, count in ipairs(found) do
        if count ~= expected[position] then
            return true
        end
    end
    return false
end

-- Looks at what there is; returns an error, for the script to return, where it is not whole, and
-- the error's name.
local function look()
    local found = {
        redis.call('HLEN', MESSAGES), redis.call('ZCARD', ORDER),
        redis.call('HLEN', MARKS), redis.call('ZCARD', MARKED),
    }
    local header = redis.call('HGET', MESSAGES, HEADER)
    local expected
    message_count = found[2]
    if header then
        local messages, with_marks, entries, summary, deadline =
            string.match(header, '^' .. FORMAT .. ' (%d+) (%d+) (%d+) ([01]) (%d+)$')
        if not messages then
            local name = 'MEMCERTFORMAT'
            return redis.error_reply(name .. ' ' .. string.match(header, '^%w*')), name
        end
        summary_is = summary == '1' and 'a field' or 'nowhere'
        written_deadline = tonumber(deadline)
        messages = tonumber(messages)
        expected = {
            messages + 1 + tonumber(summary), messages, tonumber(with_marks), tonumber(entries),
        }
    else
        local there = redis.pcall('EXISTS', OLD_SUMMARY)
        if type(there) == 'table' then
            -- Its slot is on the way to another node, and it may be there already.
            local moves = string.find(tostring(there.err), 'non local')
            return moves and redis.error_reply('TRYAGAIN the space is moving') or there, 'moves'
        end
        summary_is = there == 1 and 'a key' or 'nowhere'
        local messages = math.max(found[1], found[2], found[3])
        expected = {
            messages, messages, math.max(found[3], math.min(found[4], 1)),
            math.max(found[3], found[4]),
        }
    end
    if unlike(found, expected) then
        local name = 'MEMCERTHALF'
        local counts = table.concat(found, ' ') .. ' ' .. table.concat(expected, ' ')
        return redis.error_reply(name .. ' ' .. counts), name
    end
end

-- Returns the summary, "" for none.
local function summary_there()
    if summary_is == 'a field' then
        return redis.call('HGET', MESSAGES, SUMMARY)
    end
    return summary_is == 'a key' and redis.call('GET', OLD_SUMMARY) or ''
end

local function in_digits(moment)
    return string.format('%.0f', moment)
end

local function milliseconds(time)
    return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- Puts off the expiry, for a script that changes nothing else: it must not fail where the server
-- takes no writes, or none of this user.
local function refresh()
    if TIME_TO_LIVE == 0 then
        return
    end
    local time = redis.pcall('TIME')
    if time.err then
        return
    end
    local moment = in_digits(milliseconds(time) + TIME_TO_LIVE)
    for _, key in ipairs({MESSAGES, ORDER, MARKS, MARKED}) do
        local reply = redis.pcall('PEXPIREAT', key, moment)
        if type(reply) == 'table' and reply.err then
            return
        end
    end
    if summary_is == 'a key' then
        redis.pcall('PEXPIREAT', OLD_SUMMARY, moment)
    end
end

-- Returns when the keys are to expire, 0 for never.
local function deadline_wanted()
    if TIME_TO_LIVE > 0 then
        return milliseconds(redis.call('TIME')) + TIME_TO_LIVE
    end
    for _, key in ipairs({MESSAGES, ORDER, MARKS, MARKED, OLD_SUMMARY}) do
        local left = redis.call('PTTL', key)
        if left >= 0 then
            local deadline = milliseconds(redis.call('TIME')) + left
            -- The one that was written is exact; the other one would move a little each time.
            if math.abs(deadline - written_deadline) <= TOLERANCE then
                return written_deadline
            end
            return deadline
        end
        if left == -1 then
            return 0
        end
    end
    return 0
end

-- How a server is asked whether this user may use a write command. Servers before 7.0 have no
-- function for that, and get the command itself: it changes nothing, or, for HSET, is malformed,
-- which is seen after the user's rights.
local QUESTIONS = {
    ZADD = {ORDER, 'XX', 0, ''}, ZREM = {ORDER, ''}, HDEL = {MESSAGES, '\0'},
    HSET = {MESSAGES, HEADER, '', ''}, UNLINK = {MESSAGES .. ':'}, PEXPIREAT = {MESSAGES, 1},
}
local deadline = 0

local function may(command)
    if redis.acl_check_cmd then
        return redis.acl_check_cmd(command, unpack(QUESTIONS[command]))
    end
    local reply = redis.pcall(command, unpack(QUESTIONS[command]))
    local problem = type(reply) == 'table' and tostring(reply.err) or ''
    -- Whatever else it says is for the command itself to say again.
    return not string.find(problem, 'NOPERM') and not string.find(problem, 'The user')
end

-- Begins a change: whatever the server may refuse is asked for before anything is changed.
-- Returns an error, for the script to return, where it would be refused.
--
-- grows: whether the change takes memory. Redis looks at `maxmemory` until a script's first write,
-- so that this must be one that may take some. What frees memory must not be refused.
-- commands: what it writes with, besides HSET.
local function begin_change(grows, commands)
    deadline = deadline_wanted()
    commands[#commands + 1] = 'HSET'
    if summary_is == 'a key' then
        commands[#commands + 1] = 'UNLINK'
    end
    if deadline > 0 and redis.acl_check_cmd then
        commands[#commands + 1] = 'PEXPIREAT'
    end
    if grows then
        redis.call('ZADD', unpack(QUESTIONS.ZADD))
    end
    for _, command in ipairs(commands) do
        if not may(command) then
            return redis.error_reply('NOPERM this user may not use ' .. command
                .. ', which the operation needs; nothing was changed')
        end
    end
    if deadline > 0 and not redis.acl_check_cmd then
        redis.call('PEXPIREAT', MESSAGES, in_digits(deadline))
    end
end

-- Ends a change: the header says what there is now, and all keys expire at the same moment, or
-- none does. An empty space leaves no key behind, unless one must remember when it expires.
local function end_change()
    if summary_is == 'a key' then
        redis.call('HSET', MESSAGES, SUMMARY, redis.call('GET', OLD_SUMMARY))
        redis.call('UNLINK', OLD_SUMMARY)
        summary_is = 'a field'
    end
    local messages, summary = redis.call('ZCARD', ORDER), summary_is == 'a field' and 1 or 0
    if messages + summary == 0 and deadline == 0 then
        if redis.call('HLEN', MESSAGES) > 0 then
            redis.call('HDEL', MESSAGES, HEADER)
        end
        return
    end
    local header = {
        FORMAT, messages, redis.call('HLEN', MARKS), redis.call('ZCARD', MARKED), summary,
        in_digits(deadline),
    }
    redis.call('HSET', MESSAGES, HEADER, table.concat(header, ' '))
    if deadline > 0 then
        for _, key in ipairs({MESSAGES, ORDER, MARKS, MARKED}) do
            redis.call('PEXPIREAT', key, in_digits(deadline))
        end
    end
end

-- Where the script changes nothing, this is all that it does to the expiry.
local function unchanged(reply)
    refresh()
    return reply
end
