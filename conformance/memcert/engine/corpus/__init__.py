"""Programs that once showed a bug, shipped with a contract and replayed on every backend."""
