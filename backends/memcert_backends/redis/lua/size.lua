-- Returns the number of messages.
refresh_expiry()
return redis.call('ZCARD', ORDER)
