-- Returns the number of messages.
local problem = look()
if problem then
    return problem
end
return unchanged(message_count)
