"""Has PostgreSQL plan a statement for what it is asked now, although the driver prepared it.

After five executions the server takes a plan that suits any parameters, and keeps it, if that looks
no dearer than the plans for each (https://www.postgresql.org/docs/current/sql-prepare.html). Made
while the tables were of one page, such a plan reads whole tables for every row once there are many,
until their statistics are made anew: reading 30,000 messages by a mark took a minute. The setting
`plan_cache_mode` is the connection's, which may be a caller's. So the statement itself says it,
where rows are looked up one by one; it takes a tenth of a millisecond or two. Elsewhere a plan that
is out of date reads a table once at most.
"""

from __future__ import annotations


def planned_anew(parameter: str) -> str:
    """Return a condition that is true, and looks dear as long as a parameter is not known.

    An empty series counts as one row if its end is known, as a thousand otherwise.

    Args:
        parameter: a number of the statement's, in SQL.
    """
    series = ", ".join(f"generate_series(1, {parameter} * 0) AS {name}" for name in "abc")
    return f"(SELECT count(*) FROM {series}) = 0"
