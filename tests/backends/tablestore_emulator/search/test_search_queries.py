"""Every query finds what looking at each row would find."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

ts: Any = pytest.importorskip("tablestore")

from tablestore_emulator.search.geo import STEPS  # noqa: E402

FIELDS = [
    ts.FieldSchema("k", ts.FieldType.KEYWORD),
    ts.FieldSchema("n", ts.FieldType.LONG),
    ts.FieldSchema("d", ts.FieldType.DOUBLE),
    ts.FieldSchema("b", ts.FieldType.BOOLEAN),
    ts.FieldSchema("tags", ts.FieldType.KEYWORD, is_array=True),
    ts.FieldSchema("t", ts.FieldType.TEXT, analyzer="single_word"),
    ts.FieldSchema("g", ts.FieldType.GEOPOINT),
    ts.FieldSchema("w", ts.FieldType.DATE, date_formats=["epoch_millis"]),
    ts.FieldSchema(
        "items",
        ts.FieldType.NESTED,
        sub_field_schemas=[
            ts.FieldSchema("name", ts.FieldType.KEYWORD),
            ts.FieldSchema("count", ts.FieldType.LONG),
        ],
    ),
]
PLAIN = ["k", "n", "d", "b", "tags", "w"]

KEYWORDS = st.text("aAb*é", max_size=3)
NUMBERS = st.integers(-3, 3)
DOUBLES = st.sampled_from([-1.5, -0.5, 0.0, 0.5, 2.0])
WORDS = st.sampled_from(["red", "green", "blue", "杭", "州"])
TEXTS = st.lists(WORDS, max_size=5).map(" ".join)
POINTS = st.tuples(st.integers(-80, 80), st.integers(-179, 179))
ITEMS = st.lists(st.fixed_dictionaries({"name": KEYWORDS, "count": NUMBERS}), max_size=3)
ROWS = st.dictionaries(
    st.integers(0, 50),
    st.fixed_dictionaries(
        {},
        optional={
            "k": KEYWORDS,
            "n": NUMBERS,
            "d": DOUBLES,
            "b": st.booleans(),
            "tags": st.lists(KEYWORDS, max_size=3).map(json.dumps),
            "t": TEXTS,
            "g": POINTS.map(lambda point: f"{point[0]},{point[1]}"),
            "w": st.integers(0, 5),
            "items": ITEMS.map(json.dumps),
        },
    ),
    max_size=12,
)
VALUES = {"k": KEYWORDS, "tags": KEYWORDS, "n": NUMBERS, "d": DOUBLES, "b": st.booleans()} | {
    "w": st.integers(0, 5),
    "items.name": KEYWORDS,
    "items.count": NUMBERS,
}


def simple(names: list[str]) -> st.SearchStrategy[Any]:
    """Queries for values of some fields."""
    field = st.sampled_from(names)
    term = field.flatmap(lambda name: st.builds(ts.TermQuery, st.just(name), VALUES[name]))
    terms = field.flatmap(
        lambda name: st.builds(
            ts.TermsQuery, st.just(name), st.lists(VALUES[name], min_size=1, max_size=3)
        )
    )
    ranges = field.flatmap(
        lambda name: st.builds(
            ts.RangeQuery,
            st.just(name),
            st.none() | VALUES[name],
            st.none() | VALUES[name],
            st.booleans(),
            st.booleans(),
        )
    )
    words = st.sampled_from([name for name in names if name in ("k", "tags", "items.name")])
    return st.one_of(
        term,
        terms,
        ranges,
        st.builds(ts.ExistsQuery, field),
        st.builds(ts.PrefixQuery, words, KEYWORDS),
        st.builds(ts.WildcardQuery, words, st.text("aAb?*", max_size=4)),
    )


LEAST = st.none() | st.integers(0, 3) | st.sampled_from(["1", "50%", "-1", "-25%", "100%"])
PLACES = POINTS.map(lambda point: f"{point[0]},{point[1]}")
LEAVES = st.one_of(
    st.builds(ts.MatchAllQuery),
    simple(PLAIN),
    st.builds(ts.MatchQuery, st.just("t"), TEXTS, LEAST),
    st.builds(ts.MatchQuery, st.just("t"), TEXTS, operator=st.sampled_from(list(ts.QueryOperator))),
    st.builds(ts.MatchPhraseQuery, st.just("t"), TEXTS),
    st.builds(ts.TermQuery, st.just("t"), WORDS),
    st.builds(ts.NestedQuery, st.just("items"), simple(["items.name", "items.count"])),
    st.builds(ts.GeoDistanceQuery, st.just("g"), PLACES, st.floats(0, 2e7)),
    st.tuples(POINTS, POINTS).map(
        lambda two: ts.GeoBoundingBoxQuery(
            "g",
            f"{max(two[0][0], two[1][0])},{two[0][1]}",
            f"{min(two[0][0], two[1][0])},{two[1][1]}",
        )
    ),
    st.builds(ts.GeoPolygonQuery, st.just("g"), st.lists(PLACES, min_size=3, max_size=6)),
)


@st.composite
def queries(draw: st.DrawFn, depth: int = 2) -> Any:
    """Queries in queries. Hypothesis would print strategies made of others at great length."""
    kind = draw(st.sampled_from(["leaf", "leaf", "bool", "bool", "dis_max", "function_score"]))
    if depth == 0 or kind == "leaf":
        return draw(LEAVES)
    inner = queries(depth - 1)
    if kind == "dis_max":
        return ts.DisMaxQuery(draw(st.lists(inner, min_size=1, max_size=3)))
    if kind == "function_score":
        return ts.FunctionScoreQuery(draw(inner), ts.FieldValueFactor("n"))
    clauses = [draw(st.lists(inner, max_size=2)) for _ in range(4)]
    if not any(clauses):
        clauses[draw(st.integers(0, 3))] = [draw(inner)]
    return ts.BoolQuery(*clauses, draw(LEAST))


def found(query: Any, row: dict[str, Any]) -> bool:
    """Whether a row matches, by the book."""
    return NAIVE[type(query)](query, row)


def values(name: str, row: dict[str, Any]) -> list[Any]:
    if name not in row:
        return []
    value = row[name]
    if name == "tags":
        return list(json.loads(value))
    return [value * 10**6] if name == "w" else [value]


def words(row: dict[str, Any]) -> list[str]:
    return str(row.get("t", "")).split()


def least(given: Any, conditions: int) -> int:
    number = int(str(given).removesuffix("%"))
    if str(given).endswith("%"):
        share = math.floor(conditions * abs(number) / 100)
        return share if number >= 0 else conditions - share
    return number if number >= 0 else conditions + number


def in_range(query: Any, row: dict[str, Any]) -> bool:
    scale = 10**6 if query.field_name == "w" else 1

    def inside(value: Any) -> bool:
        if query.range_from is not None:
            lower = query.range_from * scale
            if not (value > lower or (query.include_lower and value == lower)):
                return False
        if query.range_to is not None:
            upper = query.range_to * scale
            return bool(value < upper or (query.include_upper and value == upper))
        return True

    return any(map(inside, values(query.field_name, row)))


def has_term(terms: list[Any], name: str, row: dict[str, Any]) -> bool:
    if name == "t":
        return any(term in words(row) for term in terms)
    scale = 10**6 if name == "w" else 1
    return any(term * scale == value for term in terms for value in values(name, row))


def matches(query: Any, row: dict[str, Any]) -> bool:
    wanted = list(dict.fromkeys(query.text.split()))
    if not wanted:
        return False
    needed = 1 if query.minimum_should_match is None else query.minimum_should_match
    if query.operator == ts.QueryOperator.AND:
        needed = "100%"
    count = sum(word in words(row) for word in wanted)
    return count >= max(1, least(needed, len(wanted)))


def has_phrase(query: Any, row: dict[str, Any]) -> bool:
    wanted = query.text.split()
    return bool(wanted) and f" {' '.join(wanted)} " in f" {' '.join(words(row))} "


def satisfies(query: Any, row: dict[str, Any]) -> bool:
    if not all(found(one, row) for one in query.must_queries + query.filter_queries):
        return False
    if any(found(one, row) for one in query.must_not_queries):
        return False
    only = not (query.must_queries or query.must_not_queries or query.filter_queries)
    needed = query.minimum_should_match
    if needed is None:
        needed = 1 if query.should_queries and only else 0
    count = sum(found(one, row) for one in query.should_queries)
    return count >= least(needed, len(query.should_queries))


def has_item(query: Any, row: dict[str, Any]) -> bool:
    items = json.loads(row.get("items", "[]"))
    inner = query.query
    return any(found(inner, {"items." + name: it[name] for name in it}) for it in items)


def place(text: str) -> tuple[float, float]:
    latitude, longitude = text.split(",")
    return float(latitude), float(longitude)


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The distance by another formula than the index's: the angle between two vectors."""

    def vector(latitude: float, longitude: float) -> tuple[float, float, float]:
        up, around = math.radians(latitude), math.radians(longitude)
        return math.cos(up) * math.cos(around), math.cos(up) * math.sin(around), math.sin(up)

    a, b = vector(*one), vector(*other)
    cross = math.hypot(
        a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]
    )
    return 6_371_008.7714 * math.atan2(cross, sum(x * y for x, y in zip(a, b, strict=True)))


def near(query: Any, row: dict[str, Any]) -> bool:
    if "g" not in row:
        return False
    return metres(place(row["g"]), place(query.center_point)) <= query.distance


def boxed(query: Any, row: dict[str, Any]) -> bool:
    if "g" not in row:
        return False
    (north, west), (south, east) = place(query.top_left), place(query.bottom_right)
    latitude, longitude = place(row["g"])
    width = (east - west) % 360
    return south < latitude <= north and (longitude - west) % 360 <= width


def enclosed(query: Any, row: dict[str, Any]) -> bool:
    if "g" not in row:
        return False
    y, x = (math.floor(it / step) * step for it, step in zip(place(row["g"]), STEPS, strict=True))
    corners = [place(point) for point in query.points]
    crossings = 0
    for index, (y1, x1) in enumerate(corners):
        y2, x2 = corners[index - 1]
        if min(y1, y2) <= y < max(y1, y2) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            crossings += 1
    return crossings % 2 == 1


def wild(query: Any, row: dict[str, Any]) -> bool:
    pattern = re.escape(query.value).replace(r"\*", ".*").replace(r"\?", ".")
    return any(re.fullmatch(pattern, value, re.DOTALL) for value in values(query.field_name, row))


NAIVE: dict[type, Callable[[Any, dict[str, Any]], bool]] = {
    ts.MatchAllQuery: lambda query, row: True,
    ts.TermQuery: lambda query, row: has_term([query.column_value], query.field_name, row),
    ts.TermsQuery: lambda query, row: has_term(query.column_values, query.field_name, row),
    ts.RangeQuery: in_range,
    ts.PrefixQuery: lambda query, row: any(
        value.startswith(query.prefix) for value in values(query.field_name, row)
    ),
    ts.WildcardQuery: wild,
    ts.ExistsQuery: lambda query, row: bool(values(query.field_name, row)),
    ts.MatchQuery: matches,
    ts.MatchPhraseQuery: has_phrase,
    ts.BoolQuery: satisfies,
    ts.DisMaxQuery: lambda query, row: any(found(one, row) for one in query.queries),
    ts.FunctionScoreQuery: lambda query, row: found(query.query, row),
    ts.NestedQuery: has_item,
    ts.GeoDistanceQuery: near,
    ts.GeoBoundingBoxQuery: boxed,
    ts.GeoPolygonQuery: enclosed,
}


@settings(deadline=None, max_examples=400)
@given(rows=ROWS, query=queries())
def test_a_query_finds_what_looking_at_each_row_would(
    searched: Any, rows: dict[int, dict[str, Any]], query: Any
) -> None:
    index = searched(FIELDS)
    index.fill(rows)

    hits = index.hits(query, limit=100, get_total_count=True)

    expected = [key for key in sorted(rows) if found(query, rows[key])]
    assert [hit.primary_key[0] for hit in hits.hits] == expected
    assert hits.total == len(expected)
    assert all(math.isnan(hit.score) for hit in hits.hits)


@settings(deadline=None, max_examples=150)
@given(rows=ROWS, query=queries())
def test_every_hit_has_a_score_if_they_are_sorted_by_it(
    searched: Any, rows: dict[int, dict[str, Any]], query: Any
) -> None:
    index = searched(FIELDS)
    index.fill(rows)

    hits = index.hits(query, limit=100, sort=ts.Sort([ts.ScoreSort()])).hits

    assert {hit.primary_key[0] for hit in hits} == {key for key in rows if found(query, rows[key])}
    order = [(-hit.score, hit.primary_key) for hit in hits]
    assert order == sorted(order)


@settings(deadline=None, max_examples=100)
@given(rows=ROWS, later=ROWS, gone=st.sets(st.integers(0, 50)), query=queries())
def test_rows_that_were_replaced_or_deleted_leave_nothing_behind(
    searched: Any,
    rows: dict[int, dict[str, Any]],
    later: dict[int, dict[str, Any]],
    gone: set[int],
    query: Any,
) -> None:
    index = searched(FIELDS)
    index.fill(rows)
    index.fill(later)
    for key in gone:
        index.delete(key)

    left = {key: row for key, row in (rows | later).items() if key not in gone}
    assert index.keys(query) == [key for key in sorted(left) if found(query, left[key])]
    assert len(index.index) == len(left)


def test_a_const_score_query_makes_all_equal(searched: Any, encoder: Any) -> None:
    # The SDK has its number and message, but no class for it.
    from tablestore_emulator.protocol import search as pb

    index = searched([ts.FieldSchema("t", ts.FieldType.TEXT)])
    index.fill({1: {"t": "red"}, 2: {"t": "red red"}, 3: {"t": "blue"}})
    const = pb.ConstScoreQuery()
    encoder._make_query(const.filter, ts.MatchQuery("t", "red"))
    message = pb.SearchQuery()
    message.query.type = pb.CONST_SCORE_QUERY
    message.query.query = const.SerializeToString()
    message.sort.sorter.add().score_sort.order = pb.SORT_ORDER_DESC

    hits = index.index.search(message.SerializeToString()).hits

    assert [(hit.primary_key, hit.score) for hit in hits] == [((1,), 1.0), ((2,), 1.0)]


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        (ts.TermQuery("n", "12"), [1]),
        (ts.TermQuery("n", 12.0), [1]),
        (ts.TermQuery("n", 12.5), []),
        (ts.RangeQuery("n", range_from=11.5), [1]),
        (ts.TermQuery("k", 12), [1]),
        (ts.TermQuery("k", True), [2]),
        (ts.TermQuery("d", 1), [1]),
        (ts.TermQuery("d", "1.0"), [1]),
        (ts.TermQuery("b", "true"), [1]),
        (ts.TermQuery("b", 0), [2]),
        (ts.MatchQuery("k", "12"), [1]),
        (ts.MatchQuery("n", "12"), [1]),
        (ts.MatchPhraseQuery("k", "12"), [1]),
        (ts.RangeQuery("k", range_from="1", range_to="2"), [1]),
        (ts.TermQuery("id", 2), [2]),
        (ts.RangeQuery("id", range_from=2), [2]),
    ],
)
def test_a_term_is_understood_as_the_type_of_the_field(
    searched: Any, query: Any, keys: list[int]
) -> None:
    index = searched([*FIELDS, ts.FieldSchema("id", ts.FieldType.LONG)])
    index.put(1, n=12, k="12", d=1.0, b=True)
    index.put(2, n=0, k="true", d=0.0, b=False)

    assert index.keys(query) == keys
