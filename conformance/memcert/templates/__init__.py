"""Files that ``memcert new`` writes for who begins."""
