-- Removes messages and marks, and leaves the summary.
-- The server frees the memory later, in the background.
redis.call('UNLINK', MESSAGES, ORDER, MARKS, MARKED)
refresh_expiry()
