"""Aggregations and group-bys: what is computed of all documents that a query matches."""
