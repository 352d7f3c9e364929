"""A Redis Cluster: its backend, and how one is started."""
