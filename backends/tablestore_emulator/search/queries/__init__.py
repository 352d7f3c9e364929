"""The queries: which documents they match, how relevant each is, what they highlight."""
