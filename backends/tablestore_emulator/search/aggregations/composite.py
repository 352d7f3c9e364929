"""The group-by for combinations of values, a page at a time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from itertools import product

from tablestore_emulator.search.aggregations.date_histogram import date_buckets
from tablestore_emulator.search.aggregations.group_by import (
    MAX_GROUPS,
    GroupBy,
    Parts,
)
from tablestore_emulator.search.aggregations.groups import (
    DEFAULT_SIZE,
    parse_size,
    text_of,
)
from tablestore_emulator.search.aggregations.histogram import number_buckets
from tablestore_emulator.search.aggregations.request import (
    AggregationRequest,
    Documents,
    values_of,
)
from tablestore_emulator.search.document import Document
from tablestore_emulator.search.errors import invalid
from tablestore_emulator.search.field import PLAIN
from tablestore_emulator.search.messages import Message, parsed, pb
from tablestore_emulator.search.tokens import packed, unpacked
from tablestore_emulator.search.values import Comparable

MAX_SOURCES = 32

Keys = tuple[Comparable, ...]
"""The key of each source; None where a document has none."""


@dataclass(frozen=True)
class _Source:
    name: str
    keys: Callable[[Document], Iterable[Comparable]]
    descending: bool


@dataclass(frozen=True)
class _Composite(GroupBy):
    sources: tuple[_Source, ...]
    size: int
    after: Keys | None
    identity: bytes
    parts: Parts

    def result(self, documents: Documents) -> Message:
        groups: dict[Keys, list[Document]] = {}
        for document in documents:
            every = [set(source.keys(document)) or {None} for source in self.sources]
            for keys in product(*every):
                groups.setdefault(keys, []).append(document)
        order = sorted(groups, key=cmp_to_key(self._compare))
        if self.after is not None:
            order = [keys for keys in order if self._compare(keys, self.after) > 0]
        message = pb.GroupByCompositeResult(
            source_group_by_names=[source.name for source in self.sources]
        )
        for keys in order[: self.size]:
            item = message.group_by_composite_result_items.add(
                keys=["" if key is None else text_of(key) for key in keys],
                is_null_keys=[key is None for key in keys],
                row_count=len(groups[keys]),
            )
            self.parts.add_to(item, groups[keys])
        if len(order) > self.size:
            message.next_token = packed(list(order[self.size - 1]), self.identity).decode()
        return message

    def _compare(self, one: Sequence[Comparable], other: Sequence[Comparable]) -> int:
        for source, own, its in zip(self.sources, one, other, strict=True):
            if own == its:
                continue
            # Nothing comes before everything.
            is_less = own is None or (its is not None and own < its)
            return 1 if is_less == source.descending else -1
        return 0


def composite(request: AggregationRequest, message: Message, parts: Parts) -> GroupBy:
    """Read a group-by for combinations of values."""
    sources = tuple(_source(request, one) for one in message.sources.group_bys)
    if not 1 <= len(sources) <= MAX_SOURCES:
        raise invalid(f"The number of sources of a composite must be in [1, {MAX_SOURCES}].")
    size = parse_size(message, DEFAULT_SIZE)
    if message.HasField("suggested_size"):
        if message.suggested_size < 1:
            raise invalid("The suggested size of a composite must be at least 1.")
        size = min(message.suggested_size, MAX_GROUPS)
    identity = message.sources.SerializeToString()
    after = None
    if message.next_token:
        after = tuple(unpacked(message.next_token.encode(), identity))
    return _Composite(sources, size, after, identity, parts)


def _source(request: AggregationRequest, message: Message) -> _Source:
    kind = message.type if message.HasField("type") else None
    keys: Callable[[Document], Iterable[Comparable]]
    if kind == pb.GROUP_BY_FIELD:
        body = parsed(pb.GroupByField, message.body)
        keys = values_of(request.field(body.field_name, PLAIN), None)
    elif kind == pb.GROUP_BY_HISTOGRAM:
        body = parsed(pb.GroupByHistogram, message.body)
        keys = number_buckets(request, body).keys
    elif kind == pb.GROUP_BY_DATE_HISTOGRAM:
        body = parsed(pb.GroupByDateHistogram, message.body)
        keys = date_buckets(request, body).keys
    else:
        raise invalid("A composite's source is a field, a histogram or a date histogram.")
    descending = False
    for sorter in body.sort.sorters:
        if not sorter.HasField("group_key_sort"):
            raise invalid("A composite's sources can be sorted by their keys only.")
        descending = sorter.group_key_sort.order == pb.SORT_ORDER_DESC
    return _Source(message.name, keys, descending)
