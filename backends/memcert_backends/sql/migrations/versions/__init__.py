"""The revisions; they are never changed once they are released."""
