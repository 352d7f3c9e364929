-- ARGV[2]: how many messages; then id and payload of each; then the marks of all of them.
local problem = look()
if problem then
    return problem
end
local count = tonumber(ARGV[2])
local ids, tags = {}, arguments_from(2 * count + 3)
for position = 1, count do
    ids[position] = ARGV[2 * position + 1]
end
for position, mark in ipairs(tags) do
    tags[position] = tag_of(mark)
end
local all_tags = table.concat(tags)

local known = ask('ZMSCORE', ORDER, ids)
local last = redis.call('ZRANGE', ORDER, -1, -1, 'WITHSCORES')
local sequence = tonumber(last[2] or 0)

local order, messages, marks, marked, added, entries = {}, {}, {}, {}, 0, 0
for position, id in ipairs(ids) do
    if not known[position] then
        sequence = sequence + 1
        order[added + 1], order[added + 2] = sequence, id
        messages[added + 1], messages[added + 2] = id, ARGV[2 * position + 2]
        marks[added + 1], marks[added + 2] = id, all_tags
        added = added + 2
        local suffix = digits(sequence) .. id
        for _, tag in ipairs(tags) do
            marked[entries + 1], marked[entries + 2] = 0, tag .. suffix
            entries = entries + 2
        end
    end
end
if added == 0 then
    return unchanged()
end
problem = begin_change(true, {'ZADD'})
if problem then
    return problem
end
write('HSET', MESSAGES, messages)
write('ZADD', ORDER, order)
if #tags > 0 then
    write('HSET', MARKS, marks)
    write('ZADD', MARKED, marked)
end
end_change()
