"""The nearest vectors are those that measuring each would find, with numpy and without."""

from __future__ import annotations

import json
import math
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

ts: Any = pytest.importorskip("tablestore")

from tablestore_emulator.search import vectors  # noqa: E402
from tablestore_emulator.search.errors import SearchError  # noqa: E402

METRIC = ts.VectorMetricType
SCORED = ts.Sort([ts.ScoreSort()])
COMPONENTS = st.sampled_from([-2.0, -1.0, 0.0, 0.5, 1.0, 3.0])
VECTORS = st.lists(COMPONENTS, min_size=3, max_size=3)


@pytest.fixture(scope="session", params=["numpy", "plain"], autouse=True)
def arithmetic(request: pytest.FixtureRequest) -> Any:
    """With numpy, and as if it were not there."""
    numpy = vectors.numpy
    vectors.numpy = numpy if request.param == "numpy" else None
    yield
    vectors.numpy = numpy


def fields(metric: Any, dimension: int = 3) -> list[Any]:
    options = ts.VectorOptions(ts.VectorDataType.VD_FLOAT_32, metric, dimension)
    return [
        ts.FieldSchema("v", ts.FieldType.VECTOR, vector_options=options),
        ts.FieldSchema("k", ts.FieldType.KEYWORD),
    ]


def likeness(metric: Any, one: list[float], other: list[float]) -> float:
    dot = sum(a * b for a, b in zip(one, other, strict=True))
    if metric == METRIC.VM_EUCLIDEAN:
        return -math.dist(one, other)
    if metric == METRIC.VM_COSINE:
        return dot / (math.hypot(*one) * math.hypot(*other) or 1.0)
    return dot


@settings(deadline=None, max_examples=150)
@given(
    rows=st.dictionaries(
        st.integers(0, 50), st.tuples(VECTORS | st.none(), st.sampled_from("ab")), max_size=15
    ),
    gone=st.sets(st.integers(0, 50)),
    wanted=VECTORS,
    count=st.integers(1, 6),
    metric=st.sampled_from(list(METRIC)),
    is_filtered=st.booleans(),
)
def test_the_nearest_of_those_that_a_filter_lets_through(
    searched: Any,
    rows: dict[int, tuple[list[float] | None, str]],
    gone: set[int],
    wanted: list[float],
    count: int,
    metric: Any,
    is_filtered: bool,
) -> None:
    index = searched(fields(metric))
    for key, (vector, letter) in rows.items():
        index.put(key, k=letter, **({"v": json.dumps(vector)} if vector else {}))
    for key in gone:
        index.delete(key)

    query = ts.KnnVectorQuery("v", count, wanted, ts.TermQuery("k", "a") if is_filtered else None)
    hits = index.hits(query, limit=count, sort=SCORED).hits

    scores = {
        key: round(likeness(metric, vector, wanted), 6)
        for key, (vector, letter) in rows.items()
        if vector and key not in gone and (letter == "a" or not is_filtered)
    }
    best = sorted(scores.values(), reverse=True)[:count]
    assert [scores[hit.primary_key[0]] for hit in hits] == best
    assert all(hit.score >= 0 for hit in hits)
    by_key = index.keys(query, limit=count)
    assert by_key == sorted(hit.primary_key[0] for hit in hits)


def test_as_many_are_found_as_are_asked_for(searched: Any) -> None:
    index = searched(fields(METRIC.VM_EUCLIDEAN))
    for key in range(20):
        index.put(key, v=f"[{key}, 0, 0]")
    query = ts.KnnVectorQuery("v", 2, [0.0, 0.0, 0.0])

    assert index.keys(query, limit=5) == [0, 1, 2, 3, 4]
    assert index.keys(query, limit=1, sort=SCORED) == [0]
    assert index.hits(query, limit=0, get_total_count=True).total == 2
    far = ts.KnnVectorQuery("v", 10, [0.0, 0.0, 0.0], min_score=0.1)
    assert index.keys(far, limit=10) == [0, 1, 2]


def test_a_vector_is_one_condition_of_several(searched: Any) -> None:
    index = searched(fields(METRIC.VM_COSINE))
    index.put(1, v="[1, 0, 0]", k="a")
    index.put(2, v="[0, 1, 0]", k="b")
    index.put(3, k="a")
    knn = ts.KnnVectorQuery("v", 1, [1.0, 0.0, 0.0])

    either = ts.BoolQuery(should_queries=[knn, ts.TermQuery("k", "b")])
    assert index.keys(either, limit=1) == [1]
    assert sorted(index.keys(either)) == [1, 2]
    assert index.keys(ts.ExistsQuery("v")) == [1, 2]


def test_many_vectors_come_and_go(searched: Any) -> None:
    random = Random(1)
    index = searched(fields(METRIC.VM_DOT_PRODUCT))
    for key in range(100):
        index.put(key % 40, v=json.dumps([random.random() for _ in range(3)]))
        index.delete(random.randrange(40))
    index.put(99, v="[9, 9, 9]")

    query = ts.KnnVectorQuery("v", 100, [1.0, 1.0, 1.0])
    assert index.keys(query, sort=SCORED)[0] == 99
    assert len(index.keys(query)) == len(index.index)


@pytest.mark.parametrize(
    "query",
    [
        ts.KnnVectorQuery("v", 0, [1.0, 2.0, 3.0]),
        ts.KnnVectorQuery("v", 1001, [1.0, 2.0, 3.0]),
        ts.KnnVectorQuery("v", 1, [1.0, 2.0]),
        ts.KnnVectorQuery("v", 1, [1.0, 2.0, float("nan")]),
        ts.KnnVectorQuery("v", 1, [1.0, 2.0, 3.0], min_score=-1.0),
        ts.KnnVectorQuery("k", 1, [1.0, 2.0, 3.0]),
        ts.KnnVectorQuery("v", 1, [1.0, 2.0, 3.0], ts.TermQuery("v", 1)),
        ts.TermQuery("v", "[1, 2, 3]"),
    ],
)
def test_a_bad_vector_query_is_refused(searched: Any, query: Any) -> None:
    with pytest.raises(SearchError):
        searched(fields(METRIC.VM_COSINE)).hits(query)


def test_the_limit_of_neighbours(searched: Any) -> None:
    query = ts.KnnVectorQuery("v", 1000, [1.0, 2.0, 3.0])

    assert searched(fields(METRIC.VM_COSINE)).keys(query) == []
