-- ARGV[2]: the summary; ARGV[3]: how many messages; then id and payload of each; then, for each
-- message in turn, how many marks it has and its marks.
-- What is there need not be whole: nothing of it stays.
local problem, name = look()
if problem and name ~= 'MEMCERTHALF' then
    return problem
end
local grows = ARGV[2] ~= '' or ARGV[3] ~= '0'
problem = begin_change(grows, {'ZADD', 'UNLINK'})
if problem then
    return problem
end
redis.call('UNLINK', MESSAGES, ORDER, MARKS, MARKED)
if summary_is == 'a key' then
    redis.call('UNLINK', OLD_SUMMARY)
end
summary_is = 'nowhere'
if ARGV[2] ~= '' then
    redis.call('HSET', MESSAGES, SUMMARY, ARGV[2])
    summary_is = 'a field'
end
local order, messages, marks, marked = {}, {}, {}, {}
local count = tonumber(ARGV[3])
local argument = 2 * count + 4
for sequence = 1, count do
    local id, payload = ARGV[2 * sequence + 2], ARGV[2 * sequence + 3]
    order[2 * sequence - 1], order[2 * sequence] = sequence, id
    messages[2 * sequence - 1], messages[2 * sequence] = id, payload
    local tags, suffix = {}, digits(sequence) .. id
    for position = 1, tonumber(ARGV[argument]) do
        tags[position] = tag_of(ARGV[argument + position])
        marked[#marked + 1] = 0
        marked[#marked + 1] = tags[position] .. suffix
    end
    if #tags > 0 then
        marks[#marks + 1] = id
        marks[#marks + 1] = table.concat(tags)
    end
    argument = argument + #tags + 1
end
write('ZADD', ORDER, order)
write('HSET', MESSAGES, messages)
write('HSET', MARKS, marks)
write('ZADD', MARKED, marked)
end_change()
