-- ARGV[2...]: the ids of messages. Returns how many were removed.
local problem = look()
if problem then
    return problem
end
local ids, sequences = stored(arguments_from(2))
if #ids == 0 then
    return unchanged(0)
end
problem = begin_change(false, {'ZREM', 'HDEL'})
if problem then
    return problem
end
remove(ids, sequences)
end_change()
return #ids
