"""Tables: their schemas, rows with versions, conditions, ranges, indexes and transactions."""
