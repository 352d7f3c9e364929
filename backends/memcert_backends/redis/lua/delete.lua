-- ARGV[2...]: the ids of messages. Returns how many were removed.
local removed = remove(stored(arguments_from(2)))
refresh_expiry()
return removed
