-- ARGV[2...]: marks. Returns how many messages were removed.
local removed = 0
for _, mark in ipairs(arguments_from(2)) do
    -- One mark after another: a message with two of them is gone when its second one comes.
    removed = removed + remove(messages_with(tag_of(mark)))
end
refresh_expiry()
return removed
