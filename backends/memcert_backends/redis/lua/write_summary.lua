-- ARGV[2]: the summary; "" removes it.
local there_before = keys_there()
if ARGV[2] == '' then
    redis.call('DEL', SUMMARY)
else
    redis.call('SET', SUMMARY, ARGV[2], 'KEEPTTL')
end
refresh_expiry(there_before)
