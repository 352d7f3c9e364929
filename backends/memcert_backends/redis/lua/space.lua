-- What every script begins with: the keys of a space, and how they are read and written.
--
-- KEYS: messages (hash: id -> payload; also, under names that no id has, what the space consists of
--       and the summary: see whole.lua), order (sorted set: id, scored by its sequence number),
--       marks (hash: id -> its marks, each as its tag), marked (sorted set of equal scores, so
--       ordered by its members: tag, sequence number in 16 digits, id).
-- ARGV[1]: the expiry of the space in milliseconds; 0 for none.
--
-- The tag of a mark is its length in bytes, in 4 digits, and the mark: whatever bytes ids and marks
-- hold, a list of tags reads in one way, and no member of `marked` begins with another mark's tag.
local MESSAGES, ORDER, MARKS, MARKED = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local TIME_TO_LIVE = tonumber(ARGV[1])

-- Lua passes at most about 7,900 arguments to a call. Even, since some arguments go in pairs.
local CHUNK = 1000

local function in_chunks(list, visit)
    for first = 1, #list, CHUNK do
        visit(first, math.min(first + CHUNK - 1, #list))
    end
end

-- Gives a key many arguments.
local function write(command, key, arguments)
    in_chunks(arguments, function(first, last)
        redis.call(command, key, unpack(arguments, first, last))
    end)
end

-- Asks a key about many names; returns an answer for each, false where there is none.
local function ask(command, key, names)
    local answers = {}
    in_chunks(names, function(first, last)
        local replies = redis.call(command, key, unpack(names, first, last))
        for offset = 0, last - first do
            answers[first + offset] = replies[offset + 1]
        end
    end)
    return answers
end

-- Appends the payloads of messages to a reply, a list for each chunk.
local function append_payloads(reply, ids)
    in_chunks(ids, function(first, last)
        reply[#reply + 1] = redis.call('HMGET', MESSAGES, unpack(ids, first, last))
    end)
    return reply
end

local function arguments_from(first)
    local list = {}
    for position = first, #ARGV do
        list[position - first + 1] = ARGV[position]
    end
    return list
end

local function digits(sequence)
    return string.format('%016.0f', sequence)
end

local function tag_of(mark)
    return string.format('%04d', #mark) .. mark
end

-- Returns the tags in a message's marks; most messages have the same few marks.
local tags_known = {}
local function tags_in(marks)
    local tags = tags_known[marks]
    if not tags then
        tags = {}
        local start = 1
        while start <= #marks do
            local stop = start + 3 + tonumber(string.sub(marks, start, start + 3))
            tags[#tags + 1] = string.sub(marks, start, stop)
            start = stop + 1
        end
        tags_known[marks] = tags
    end
    return tags
end

-- Returns a function that tells whether a message's marks, false for none, include a tag.
local function carries(tag)
    local known = {[false] = false}
    return function(marks)
        if known[marks] == nil then
            known[marks] = false
            for _, other in ipairs(tags_in(marks)) do
                known[marks] = known[marks] or other == tag
            end
        end
        return known[marks]
    end
end

-- Returns the ids of all messages in order, and their sequence numbers as digits.
local function all_messages()
    local order = redis.call('ZRANGE', ORDER, 0, -1, 'WITHSCORES')
    local ids, sequences = {}, {}
    for position = 1, #order / 2 do
        ids[position] = order[2 * position - 1]
        sequences[position] = digits(tonumber(order[2 * position]))
    end
    return ids, sequences
end

-- Returns the ids of a mark's messages in order, and their sequence numbers as digits.
local function messages_with(tag)
    local ids, sequences = {}, {}
    -- A digit follows the tag, and ':' follows the digits.
    local members = redis.call('ZRANGEBYLEX', MARKED, '[' .. tag, '(' .. tag .. ':')
    for position, member in ipairs(members) do
        sequences[position] = string.sub(member, #tag + 1, #tag + 16)
        ids[position] = string.sub(member, #tag + 17)
    end
    return ids, sequences
end

-- Returns those of some ids that are stored, and their sequence numbers as digits.
local function stored(ids)
    local present, sequences, count = {}, {}, 0
    for position, score in ipairs(ask('ZMSCORE', ORDER, ids)) do
        if score then
            count = count + 1
            present[count], sequences[count] = ids[position], digits(tonumber(score))
        end
    end
    return present, sequences
end

-- Removes stored messages with their marks; returns how many they were.
local function remove(ids, sequences)
    if #ids == 0 then
        return 0
    end
    local members, count = {}, 0
    if redis.call('EXISTS', MARKS) == 1 then
        for position, marks in ipairs(ask('HMGET', MARKS, ids)) do
            for _, tag in ipairs(marks and tags_in(marks) or {}) do
                count = count + 1
                members[count] = tag .. sequences[position] .. ids[position]
            end
        end
        write('ZREM', MARKED, members)
        write('HDEL', MARKS, ids)
    end
    write('ZREM', ORDER, ids)
    write('HDEL', MESSAGES, ids)
    return #ids
end
