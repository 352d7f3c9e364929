"""A search index: rows in, hits out."""

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from tablestore_emulator.search.aggregations.group_by import Parts
from tablestore_emulator.search.aggregations.parser import parse_parts
from tablestore_emulator.search.aggregations.request import AggregationRequest
from tablestore_emulator.search.collection import Collection
from tablestore_emulator.search.document import Document
from tablestore_emulator.search.errors import invalid
from tablestore_emulator.search.field import Field, FieldType
from tablestore_emulator.search.highlight import Highlight
from tablestore_emulator.search.highlight_parser import parse_highlight
from tablestore_emulator.search.messages import (
    Message,
    given,
    parsed,
    pb,
    well_formed,
)
from tablestore_emulator.search.ordering import Ordering, Position
from tablestore_emulator.search.queries.parser import query_parser
from tablestore_emulator.search.queries.query import Query
from tablestore_emulator.search.schema import IndexSchema
from tablestore_emulator.search.search_hit import HitMaker
from tablestore_emulator.search.sort_parser import parse_sort
from tablestore_emulator.search.sorting import DocSort, Sorter
from tablestore_emulator.search.tokens import packed, unpacked
from tablestore_emulator.values import Value

DEFAULT_LIMIT = 10
MAX_LIMIT = 100
MAX_LIMIT_FROM_INDEX = 1000
MAX_DEPTH = 100_000
MAX_SCAN_LIMIT = 2000


def _every_column(_: str) -> bool:
    return True


@dataclass(frozen=True)
class Hit:
    """A row that was found.

    Args:
        primary_key: the row's primary key.
        score: its relevance, NaN unless the hits are sorted by it.
        message: the protobuf `SearchHit`: score, highlights, inner hits.
    """

    primary_key: tuple[Value, ...]
    score: float
    message: bytes


@dataclass(frozen=True)
class Hits:
    """What a search answers.

    Args:
        hits: the rows, in order.
        total: how many rows match, -1 unless it was asked for.
        next_token: leads to the next page, empty for none.
        aggregations: the protobuf `AggregationsResult`, empty for none.
        group_bys: the protobuf `GroupBysResult`, empty for none.
    """

    hits: list[Hit]
    total: int = -1
    next_token: bytes = b""
    aggregations: bytes = b""
    group_bys: bytes = b""


class SearchIndex:
    """The rows of a table, as an index keeps them.

    Args:
        schema: what it keeps of them.
        primary_key: the names of the table's primary key columns.
    """

    def __init__(self, schema: IndexSchema, primary_key: Sequence[str]) -> None:
        self._schema = schema
        self._primary_key = tuple(primary_key)
        self._documents: dict[tuple[Value, ...], Document] = {}
        self._collection = Collection(schema)
        # What a token is good for: values of other types would not compare.
        self._identity = repr((schema.fields, self._primary_key)).encode()

    def __len__(self) -> int:
        return len(self._documents)

    def put(
        self,
        primary_key: tuple[Value, ...],
        columns: Mapping[str, Value],
        written_at: float | None = None,
    ) -> None:
        """Index a row as it is now, instead of what it was.

        Args:
            primary_key: the row's primary key.
            columns: its attribute columns.
            written_at: when it was written, in seconds since 1970, for the rows that an
                aggregation returns.
        """
        self.delete(primary_key)
        document = Document(primary_key, columns=columns, written_at=written_at)
        key = dict(zip(self._primary_key, primary_key, strict=True))
        document.read(self._schema.fields, {**columns, **key}, from_json=False)
        self._documents[primary_key] = document
        self._collection.add(document)

    def delete(self, primary_key: tuple[Value, ...]) -> None:
        """Forget a row.

        Args:
            primary_key: the row's primary key; nothing happens if it is not there.
        """
        document = self._documents.pop(primary_key, None)
        if document is not None:
            self._collection.remove(document)

    def search(
        self,
        search_query: bytes,
        *,
        from_index: bool = False,
        returns: Callable[[str], bool] = _every_column,
    ) -> Hits:
        """Answer a search.

        Args:
            search_query: the bytes of a protobuf `SearchQuery`.
            from_index: whether all columns that are asked for are in the index: then a page may
                have 1,000 rows instead of 100 (`IndexSchema.stores`).
            returns: whether the rows inside aggregations have a column of some name.

        Returns:
            The hits.

        Raises:
            SearchError: something in the query is wrong.
        """
        with well_formed():
            search = self._parsed(
                parsed(pb.SearchQuery, search_query),
                MAX_LIMIT_FROM_INDEX if from_index else MAX_LIMIT,
                returns,
            )
        return self._answer(search)

    def scan(self, scan_query: bytes) -> Hits:
        """Answer one page of one part of a parallel scan.

        Args:
            scan_query: the bytes of a protobuf `ScanQuery`.

        Returns:
            The hits, in no order that means anything; a token until a page is empty.

        Raises:
            SearchError: something in the query is wrong.
        """
        with well_formed():
            message = parsed(pb.ScanQuery, scan_query)
            limit = given(message, "limit")
            limit = MAX_SCAN_LIMIT if limit is None else limit
            if not 1 <= limit <= MAX_SCAN_LIMIT:
                raise invalid(f"The limit of a scan must be in [1, {MAX_SCAN_LIMIT}].")
            parts = given(message, "max_parallel")
            parts = 1 if parts is None else parts
            if not 0 <= message.current_parallel_id < parts:
                raise invalid(
                    "[parallel_scan.current_parallel_id] must in [0, max_parallel), current"
                    f" max_parallel is {parts}, current_parallel_id is"
                    f" {message.current_parallel_id}"
                )
            query = query_parser(self._schema, limit).parse(message.query)
        matches = {
            document
            for document in query.matches(self._collection)
            if _part(document, parts) == message.current_parallel_id
        }
        ordering = Ordering(self._collection, (), query.scorer(self._collection))
        after = None
        if message.token:
            (key,) = unpacked(message.token, self._identity + b"scan")
            after = Position((key,), key)
        documents = ordering.first(matches, limit, after)
        token = b""
        # Whether there is more, shows with the next page: it may be empty.
        if documents:
            token = packed([documents[-1].key], self._identity + b"scan")
        hits = HitMaker(query, self._collection, (), ())
        return Hits([_hit(hits, document) for document in documents], next_token=token)

    def _parsed(
        self, message: Message, max_limit: int, returns: Callable[[str], bool]
    ) -> "_Search":
        limit = given(message, "limit")
        limit = DEFAULT_LIMIT if limit is None else limit
        if not 0 <= limit <= max_limit:
            raise invalid(f"The limit of a search must be in [0, {max_limit}], but it is {limit}.")
        if message.offset < 0:
            raise invalid("The offset of a search must be at least 0.")
        if message.offset + limit > MAX_DEPTH:
            raise invalid(f"offset + limit exceeds {MAX_DEPTH}.")
        parser = query_parser(self._schema, limit)
        query = parser.parse(message.query)
        request = AggregationRequest(parser, self._collection, query, self._primary_key, returns)
        sort, after = message.sort.SerializeToString() or self._schema.index_sort, None
        if message.token:
            sort, *keys, key = unpacked(message.token, self._identity)
            after = Position(tuple(keys), key)
        return _Search(
            query=query,
            sort=sort,
            sorters=parse_sort(parser, parsed(pb.Sort, sort)),
            after=after,
            # A token is a place of its own.
            offset=0 if after else message.offset,
            limit=limit,
            # Where nobody asks for an order, and the index has none, there is no next page.
            has_order=bool(message.sort.sorter or message.token or self._schema.has_order),
            wants_total=message.get_total_count,
            collapse=self._collapse(message, after is not None),
            highlight=parse_highlight(parser, message.highlight),
            parts=parse_parts(request, message.aggs, message.group_bys),
        )

    def _collapse(self, message: Message, has_token: bool) -> Field | None:
        if not message.HasField("collapse"):
            return None
        field = self._schema.field(message.collapse.field_name)
        types = (FieldType.LONG, FieldType.DOUBLE, FieldType.KEYWORD)
        if field.type not in types or field.is_array or not field.is_sortable:
            raise invalid(f"field [{field.name}] cannot be collapsed by")
        if has_token:
            raise invalid("A search with a collapse has no token: use offset and limit.")
        return field

    def _answer(self, search: "_Search") -> Hits:
        collection = self._collection
        matches = search.query.matches(collection)
        hits = HitMaker(search.query, collection, search.sorters, search.highlight)
        ordering = Ordering(collection, search.sorters, hits.score)
        end = search.offset + search.limit
        if search.collapse is None:
            documents = ordering.first(matches, end, search.after)
        else:
            every = ordering.first(matches, None)
            documents = _collapsed(every, search.collapse.name, end)
        documents = documents[search.offset :]
        token = b""
        is_ordered = search.has_order and not any(isinstance(it, DocSort) for it in search.sorters)
        if search.limit and len(documents) == search.limit and not search.collapse and is_ordered:
            place = ordering.place(documents[-1])
            token = packed([search.sort, *place.keys, place.key], self._identity)
        parts = search.parts
        every = list(matches) if parts.aggregations or parts.group_bys else []
        return Hits(
            [_hit(hits, document) for document in documents],
            len(matches) if search.wants_total else -1,
            token,
            parts.aggregated(every).SerializeToString() if parts.aggregations else b"",
            parts.grouped(every).SerializeToString() if parts.group_bys else b"",
        )


@dataclass(frozen=True)
class _Search:
    query: Query
    sort: bytes
    sorters: tuple[Sorter, ...]
    after: Position | None
    offset: int
    limit: int
    has_order: bool
    wants_total: bool
    collapse: Field | None
    highlight: Highlight
    parts: Parts


def _hit(hits: HitMaker, document: Document) -> Hit:
    message = hits.message(document)
    return Hit(document.key, message.score, message.SerializeToString())


def _collapsed(documents: Sequence[Document], name: str, count: int) -> list[Document]:
    first: dict[object, Document] = {}
    for document in documents:
        first.setdefault(document.values.get(name), document)
    return list(islice(first.values(), count))


def _part(document: Document, parts: int) -> int:
    # The same in every process, unlike `hash`.
    return zlib.crc32(repr(document.key).encode(errors="replace")) % parts
