"""The search index: matching, sorting, paging, aggregating, apart from the wire."""
