-- ARGV[2]: the mark to attach; ARGV[3]: the mark to look for and remove; "" for none.
-- ARGV[4]: 1 if the ids of messages follow, 0 for all messages.
-- Returns of how many messages the marks changed.
local problem = look()
if problem then
    return problem
end
local new = ARGV[2] ~= '' and tag_of(ARGV[2])
local old = ARGV[3] ~= '' and tag_of(ARGV[3])
local ids, sequences
if ARGV[4] == '1' then
    ids, sequences = stored(arguments_from(5))
elseif old then
    ids, sequences = messages_with(old)
else
    ids, sequences = all_messages()
end

local has_new, has_old = carries(new), carries(old)

-- Returns a message's marks after the update, or nil where nothing changes.
local function updated(marks)
    if (old and not has_old(marks)) or (not old and has_new(marks)) then
        return nil
    end
    local tags = {}
    for _, tag in ipairs(marks and tags_in(marks) or {}) do
        if tag ~= old then
            tags[#tags + 1] = tag
        end
    end
    if new and not has_new(marks) then
        tags[#tags + 1] = new
    end
    return table.concat(tags)
end

local results, changed = {}, 0
local marked, unmarked, attached, detached = {}, {}, {}, {}
for position, marks in ipairs(ask('HMGET', MARKS, ids)) do
    local id = ids[position]
    if results[marks] == nil then
        results[marks] = updated(marks) or false
    end
    local result = results[marks]
    if result then
        changed = changed + 1
        local suffix = sequences[position] .. id
        if result == '' then
            unmarked[#unmarked + 1] = id
        else
            marked[#marked + 1] = id
            marked[#marked + 1] = result
        end
        if new then
            attached[#attached + 1] = 0
            attached[#attached + 1] = new .. suffix
        end
        if old then
            detached[#detached + 1] = old .. suffix
        end
    end
end
if changed == 0 then
    return unchanged(0)
end
if new then
    problem = begin_change(true, old and {'ZADD', 'ZREM'} or {'ZADD'})
    if problem then
        return problem
    end
    write('HSET', MARKS, marked)
    write('ZADD', MARKED, attached)
    write('ZREM', MARKED, detached)
else
    -- What frees memory comes first: it is not refused where there is too little.
    problem = begin_change(false, {'ZREM', 'HDEL'})
    if problem then
        return problem
    end
    write('ZREM', MARKED, detached)
    write('HDEL', MARKS, unmarked)
    write('HSET', MARKS, marked)
end
end_change()
return changed
