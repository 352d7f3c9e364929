-- ARGV[2...]: marks. Returns how many messages were removed.
local problem = look()
if problem then
    return problem
end
local removed = 0
for _, mark in ipairs(arguments_from(2)) do
    -- One mark after another: a message with two of them is gone when its second one comes.
    local ids, sequences = messages_with(tag_of(mark))
    if #ids > 0 then
        if removed == 0 then
            problem = begin_change(false, {'ZREM', 'HDEL'})
            if problem then
                return problem
            end
        end
        removed = removed + #ids
        remove(ids, sequences)
    end
end
if removed == 0 then
    return unchanged(0)
end
end_change()
return removed
