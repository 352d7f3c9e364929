"""Rows in rows: nested queries, their inner hits, and JSON fields."""

from __future__ import annotations

import json
from typing import Any

import pytest

ts: Any = pytest.importorskip("tablestore")

from tablestore_emulator.protocol import search as pb  # noqa: E402
from tablestore_emulator.search.errors import SearchError  # noqa: E402

K, LONG, NESTED = ts.FieldType.KEYWORD, ts.FieldType.LONG, ts.FieldType.NESTED
FIELDS = [
    ts.FieldSchema("k", K),
    ts.FieldSchema(
        "people",
        NESTED,
        sub_field_schemas=[
            ts.FieldSchema("name", K),
            ts.FieldSchema("age", LONG),
            ts.FieldSchema("tags", K, is_array=True),
            ts.FieldSchema("text", ts.FieldType.TEXT, enable_highlighting=True),
            ts.FieldSchema("pets", NESTED, sub_field_schemas=[ts.FieldSchema("kind", K)]),
        ],
    ),
]
ROWS = {
    1: {
        "people": json.dumps(
            [
                {"name": "ann", "age": 30, "tags": ["a", "b"], "text": "red fox"},
                {"name": "bob", "age": 20, "pets": [{"kind": "cat"}], "text": "red dog"},
                {"name": "cid", "age": 40, "text": "blue"},
            ]
        )
    },
    2: {"people": json.dumps([{"name": "ann", "age": 20, "pets": [{"kind": "dog"}]}])},
    3: {"k": "x", "people": "no JSON"},
    4: {"people": "[]"},
}


def nested(query: Any, **options: Any) -> Any:
    return ts.NestedQuery("people", query, **options)


@pytest.fixture
def index(searched: Any) -> Any:
    result = searched(FIELDS)
    result.fill(ROWS)
    return result


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        (nested(ts.TermQuery("people.name", "ann")), [1, 2]),
        (
            nested(
                ts.BoolQuery([ts.TermQuery("people.name", "ann"), ts.TermQuery("people.age", 20)])
            ),
            [2],
        ),
        (nested(ts.TermQuery("people.tags", "b")), [1]),
        (nested(ts.MatchAllQuery()), [1, 2]),
        (ts.ExistsQuery("people"), [1, 2]),
        (
            nested(ts.NestedQuery("people.pets", ts.TermQuery("people.pets.kind", "cat"))),
            [1],
        ),
        (ts.BoolQuery(must_not_queries=[nested(ts.MatchAllQuery())]), [3, 4]),
        (nested(ts.ExistsQuery("people.pets")), [1, 2]),
    ],
)
def test_a_nested_query_looks_at_one_inner_row_at_a_time(
    index: Any, query: Any, keys: list[int]
) -> None:
    assert index.keys(query) == keys


def test_inner_hits_say_which_inner_rows_matched(index: Any) -> None:
    inner = ts.InnerHits(ts.Sort([ts.FieldSort("people.age")]), None, None, None)
    answer = index.answer(nested(ts.MatchAllQuery(), inner_hits=inner))

    (hit, other) = answer.search_hits
    assert [one.path for one in hit.search_inner_hits] == ["people"]
    offsets = [one.nested_doc_offset for one in hit.search_inner_hits[0].search_hits]
    assert offsets == [1, 0, 2]
    assert [one.nested_doc_offset for one in other.search_inner_hits[0].search_hits] == [0]


def test_inner_hits_have_pages_and_highlights(index: Any) -> None:
    highlight = ts.Highlight([ts.HighlightParameter("people.text")])
    query = nested(
        ts.MatchQuery("people.text", "red blue"),
        inner_hits=ts.InnerHits(None, 1, 1, highlight),
    )

    hits = index.answer(query).search_hits[0].search_inner_hits[0].search_hits
    assert [hit.nested_doc_offset for hit in hits] == [1]
    fields = hits[0].highlight_result.highlight_fields
    assert [(one.field_name, list(one.field_fragments)) for one in fields] == [
        ("people.text", ["<em>red</em> dog"])
    ]


def test_three_inner_rows_come_if_nobody_says_how_many(searched: Any) -> None:
    index = searched(FIELDS)
    index.put(1, people=json.dumps([{"age": age} for age in range(9)]))
    # The SDK leaves out inner hits that say nothing at all.
    query = nested(ts.MatchAllQuery(), inner_hits=ts.InnerHits(None, 0, None, None))

    assert len(index.answer(query).search_hits[0].search_inner_hits[0].search_hits) == 3


def test_inner_hits_in_inner_hits(index: Any) -> None:
    inner = ts.InnerHits(None, 0, None, None)
    pets = ts.NestedQuery("people.pets", ts.TermQuery("people.pets.kind", "cat"), inner_hits=inner)

    (row,) = index.hits(nested(pets, inner_hits=inner)).hits
    # The SDK's compiled reader stops at the first level.
    hit = pb.SearchHit.FromString(row.message)
    person = hit.search_inner_hits[0].search_hits[0]
    assert person.nested_doc_offset == 1
    assert [one.path for one in person.search_inner_hits] == ["people.pets"]


@pytest.mark.parametrize(
    ("mode", "keys"),
    [
        (ts.ScoreMode.NONE, [1, 2]),
        (ts.ScoreMode.MAX, [1, 2]),
        (ts.ScoreMode.MIN, [2, 1]),
        (ts.ScoreMode.AVG, [1, 2]),
        (ts.ScoreMode.TOTAL, [2, 1]),
    ],
)
def test_the_scores_of_inner_rows_make_one(searched: Any, mode: Any, keys: list[int]) -> None:
    index = searched(FIELDS)
    index.put(1, people=json.dumps([{"age": 5}, {"age": 1}]))
    index.put(2, people=json.dumps([{"age": 2}, {"age": 2}, {"age": 3}]))
    by_age = ts.FunctionScoreQuery(ts.MatchAllQuery(), ts.FieldValueFactor("people.age"))

    scored = nested(by_age, score_mode=mode)
    assert index.keys(scored, sort=ts.Sort([ts.ScoreSort()])) == keys


@pytest.mark.parametrize(
    "query",
    [
        ts.TermQuery("people.name", "ann"),
        ts.NestedQuery("k", ts.MatchAllQuery()),
        ts.NestedQuery("nothing", ts.MatchAllQuery()),
        nested(ts.TermQuery("k", "x")),
        nested(ts.MatchAllQuery(), inner_hits=ts.InnerHits(None, None, 101, None)),
        nested(ts.MatchAllQuery(), inner_hits=ts.InnerHits(None, -1, None, None)),
        nested(
            ts.MatchAllQuery(),
            inner_hits=ts.InnerHits(ts.Sort([ts.FieldSort("k")]), None, None, None),
        ),
    ],
)
def test_a_bad_nested_query_is_refused(index: Any, query: Any) -> None:
    with pytest.raises(SearchError):
        index.hits(query)


def test_too_many_inner_rows_leave_the_field_out(searched: Any) -> None:
    index = searched(FIELDS)
    index.put(1, k="x", people=json.dumps([{"age": 1}] * 256))
    index.put(2, k="x", people=json.dumps([{"age": 1}] * 257))

    assert index.keys(ts.ExistsQuery("people")) == [1]
    assert index.keys(ts.TermQuery("k", "x")) == [1, 2]


def test_a_json_field_is_an_object_or_nested(searched: Any) -> None:
    inside = [ts.FieldSchema("name", K), ts.FieldSchema("age", LONG)]
    index = searched(
        [
            ts.FieldSchema(name, ts.FieldType.JSON, json_type=kind, sub_field_schemas=inside)
            for name, kind in (
                ("flat", ts.JsonType.OBJECT_JSON),
                ("rows", ts.JsonType.NESTED_JSON),
            )
        ]
    )
    value = json.dumps([{"name": "ann", "age": 30}, {"name": "bob", "age": 20}])
    index.put(1, flat=value, rows=value)
    index.put(2, flat='{"name": "ann", "age": 20}', rows='{"name": "ann", "age": 20}')

    def both(prefix: str) -> Any:
        name, age = ts.TermQuery(prefix + ".name", "ann"), ts.TermQuery(prefix + ".age", 20)
        return ts.BoolQuery([name, age])

    assert index.keys(both("flat")) == [1, 2]
    assert index.keys(ts.NestedQuery("rows", both("rows"))) == [2]
    assert index.keys(ts.ExistsQuery("flat")) == [1, 2]
    assert index.keys(ts.MatchAllQuery(), sort=ts.Sort([ts.FieldSort("flat.age")])) == [1, 2]
