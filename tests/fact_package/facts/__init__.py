"""A memory of facts: sentences that are recorded, found again by a word, and listed."""
