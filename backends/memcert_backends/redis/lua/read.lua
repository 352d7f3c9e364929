-- ARGV[2]: the mark looked for; ARGV[3]: the mark left out; "" for none.
-- Returns the summary, then lists of payloads.
local problem = look()
if problem then
    return problem
end
local wanted, excluded = ARGV[2], ARGV[3]
local ids
if wanted == '' then
    ids = redis.call('ZRANGE', ORDER, 0, -1)
else
    ids = messages_with(tag_of(wanted))
end

if excluded ~= '' then
    local left_out, kept, count = {}, {}, 0
    if wanted == '' then
        for _, id in ipairs(messages_with(tag_of(excluded))) do
            left_out[id] = true
        end
    else
        -- Asked of the messages at hand: the other mark may be on far more of them.
        local is_excluded = carries(tag_of(excluded))
        for position, marks in ipairs(ask('HMGET', MARKS, ids)) do
            left_out[ids[position]] = is_excluded(marks)
        end
    end
    for _, id in ipairs(ids) do
        if not left_out[id] then
            count = count + 1
            kept[count] = id
        end
    end
    ids = kept
end

return unchanged(append_payloads({summary_there()}, ids))
