"""Numbers of items on both sides of the limits that stores and drivers have."""

from __future__ import annotations

COUNTS = (
    *(1, 2, 3, 9, 10, 11),
    *(
        limit + offset
        for limit in (16, 25, 32, 50, 64, 100, 128, 200, 256)
        for offset in (-1, 0, 1)
    ),
    *(limit + offset for limit in (500, 512, 1_000, 1_024) for offset in (-1, 0, 1)),
)
"""Pages, batches and buckets: what a read, a batch or a script takes at once."""

MANY = (5_000, 5_001)
"""More than any page."""

VERY_MANY = (10_000, 10_001)
"""More than servers give at once."""

FEW = (
    *(1, 2, 99, 100, 101, 199, 200, 201, 255, 256, 257),
    *(499, 500, 501, 999, 1_000, 1_001, 1_023, 1_024, 1_025),
)
"""The most common of them, for what takes long."""

VARIABLES = (32_766, 32_767, 32_768)
"""Around the number of variables that a statement may have in SQLite and PostgreSQL."""

MOST = 50_000
"""As many as the contract names (design, section 4, "Arguments")."""

MARKS = (1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 99, 100, 101, 255, 256, 257)
"""Numbers of marks of one message, and in one call."""
