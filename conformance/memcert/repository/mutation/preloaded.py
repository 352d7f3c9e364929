"""What every process that certifies a mutant has imported before it is forked.

None of it may be what there are mutants of, nor import that: a mutant is imported when its process
has been forked.
"""

from __future__ import annotations

import memcert.repository.mutation.worker
import memcert.short_term
import memcert.short_term.contract  # noqa: F401 - all are imported to be there

for _name in ("sqlalchemy.ext.asyncio", "redis.asyncio", "aiosqlite", "asyncpg"):
    try:
        __import__(_name)
    except ImportError:
        # Whoever has no use for it need not have it.
        continue
