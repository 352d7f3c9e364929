"""The protobuf messages, from the SDK's wheel: they serve both directions."""

from __future__ import annotations

import warnings
from typing import Any, TypeAlias

with warnings.catch_warnings():
    # The SDK warns at import about compiled parts that it does not have for this Python.
    warnings.simplefilter("ignore")
    from tablestore.protobuf import search_pb2, table_store_filter_pb2, table_store_pb2

tables: Any = table_store_pb2
"""The messages of tables and rows."""

filters: Any = table_store_filter_pb2
"""The messages of filters and conditions."""

search: Any = search_pb2
"""The messages of the search index."""

Message: TypeAlias = Any
"""A protobuf message; its modules have no types."""
