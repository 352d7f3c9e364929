"""Search indexes that are asked in the SDK's own words, and whose answers the SDK reads."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

pytest.importorskip("tablestore")

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import tablestore
    from tablestore.decoder import OTSProtoBufferDecoder
    from tablestore.encoder import OTSProtoBufferEncoder

from tablestore_emulator.plain_buffer import HEADER, encode_row
from tablestore_emulator.protocol import search as pb
from tablestore_emulator.search.index import Hits, SearchIndex
from tablestore_emulator.search.schema import IndexSchema

# With the SDK's compiled codec, where it has one for this Python.
ENCODER: Any = OTSProtoBufferEncoder("utf-8")
DECODER: Any = OTSProtoBufferDecoder("utf-8")


def schema(fields: Sequence[Any], sort: Any = None) -> IndexSchema:
    """The schema that the SDK's fields make."""
    message = pb.IndexSchema()
    ENCODER._make_index_meta(message, tablestore.SearchIndexMeta(list(fields), index_sort=sort))
    return IndexSchema.parse(message)


class Searched:
    """An index of rows with the primary key `id`."""

    def __init__(self, fields: Sequence[Any], sort: Any = None) -> None:
        self.schema = schema(fields, sort)
        self.index = SearchIndex(self.schema, ["id"])

    def put(self, key: Any, **columns: Any) -> None:
        self.index.put((key,), columns)

    def fill(self, rows: Mapping[Any, Mapping[str, Any]]) -> None:
        for key, columns in rows.items():
            self.index.put((key,), columns)

    def delete(self, key: Any) -> None:
        self.index.delete((key,))

    def hits(self, query: Any, *, from_index: bool = False, **options: Any) -> Hits:
        asked = tablestore.SearchQuery(query, **options)
        encoded = ENCODER.encode_request("Search", "table", "index", asked, None, None, None)
        request = pb.SearchRequest.FromString(encoded.SerializeToString())
        return self.index.search(request.search_query, from_index=from_index)

    def keys(self, query: Any, **options: Any) -> list[Any]:
        options.setdefault("limit", 100)
        return [hit.primary_key[0] for hit in self.hits(query, **options).hits]

    def answer(self, query: Any, **options: Any) -> Any:
        """What a client gets: a `tablestore.SearchResponse`."""
        hits = self.hits(query, **options)
        message = pb.SearchResponse(
            total_hits=hits.total,
            is_all_succeed=True,
            rows=[HEADER + encode_row([("id", hit.primary_key[0])]) for hit in hits.hits],
            next_token=hits.next_token,
            aggs=hits.aggregations,
            group_bys=hits.group_bys,
        )
        for hit in hits.hits:
            message.search_hits.add().ParseFromString(hit.message)
        response, _ = DECODER._decode_search(message.SerializeToString(), "request")
        for hit, decoded in zip(hits.hits, response.search_hits, strict=True):
            assert hit.score == decoded.score or math.isnan(hit.score)
        return response

    def aggregated(self, *aggregations: Any, query: Any = None) -> dict[str, Any]:
        """The values of aggregations, by their names."""
        query = query or tablestore.MatchAllQuery()
        answer = self.answer(query, limit=0, aggs=list(aggregations))
        return {one.name: one.value for one in answer.agg_results}

    def grouped(self, group_by: Any) -> Any:
        """The result of a group-by."""
        query = tablestore.MatchAllQuery()
        (result,) = self.answer(query, limit=0, group_bys=[group_by]).group_by_results
        assert result.name == group_by.name
        return result

    def pages(self, query: Any, limit: int, **options: Any) -> list[list[Any]]:
        """All pages, by their tokens."""
        pages = []
        token = None
        while True:
            hits = self.hits(query, limit=limit, next_token=token, **options)
            pages.append([hit.primary_key[0] for hit in hits.hits])
            token = hits.next_token
            if not token:
                return pages


Make = Callable[..., Searched]


@pytest.fixture(scope="session")
def searched() -> Make:
    return Searched


@pytest.fixture(scope="session")
def parse_schema() -> Callable[..., IndexSchema]:
    return schema


@pytest.fixture(scope="session")
def encoder() -> Any:
    return ENCODER
