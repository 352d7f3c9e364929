"""Pages, their limits, and tokens that hold while rows come and go."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

ts: Any = pytest.importorskip("tablestore")

from tablestore_emulator.search.errors import SearchError  # noqa: E402

FIELDS = [
    ts.FieldSchema("n", ts.FieldType.LONG),
    ts.FieldSchema("t", ts.FieldType.TEXT),
    ts.FieldSchema("tags", ts.FieldType.KEYWORD, is_array=True),
    ts.FieldSchema("k", ts.FieldType.KEYWORD),
    ts.FieldSchema("w", ts.FieldType.DATE, date_formats=["epoch_second"]),
]
ALL = ts.MatchAllQuery()
SORTS = [
    None,
    ts.Sort([ts.PrimaryKeySort(ts.SortOrder.DESC)]),
    ts.Sort([ts.FieldSort("n", ts.SortOrder.DESC)]),
    ts.Sort([ts.FieldSort("n"), ts.PrimaryKeySort(ts.SortOrder.DESC)]),
    ts.Sort([ts.ScoreSort()]),
]


@pytest.mark.parametrize("sort", SORTS)
def test_deleting_every_page_that_was_read_skips_nothing(searched: Any, sort: Any) -> None:
    index = searched(FIELDS)
    for key in range(95):
        index.put(key, n=key % 7, t="red " * (key % 5 + 1))
    query = ts.MatchQuery("t", "red")

    seen: list[int] = []
    token = None
    while True:
        hits = index.hits(query, limit=10, sort=sort, next_token=token)
        page = [hit.primary_key[0] for hit in hits.hits]
        seen += page
        for key in page:
            index.delete(key)
        token = hits.next_token
        if not token:
            break

    assert sorted(seen) == list(range(95))
    assert len(index.index) == 0


@settings(deadline=None, max_examples=100)
@given(data=st.data(), sort=st.sampled_from(SORTS[:4]), limit=st.integers(1, 5))
def test_what_stays_is_seen_once_whatever_else_changes(
    searched: Any, data: st.DataObject, sort: Any, limit: int
) -> None:
    index = searched(FIELDS)
    for key in range(0, 40, 2):
        index.put(key, n=key % 3)
    staying = set(data.draw(st.sets(st.sampled_from(range(0, 40, 2)))))

    seen: list[int] = []
    token = None
    while True:
        hits = index.hits(ALL, limit=limit, sort=sort, next_token=token)
        seen += [hit.primary_key[0] for hit in hits.hits]
        token = hits.next_token
        if not token:
            break
        for key in data.draw(st.sets(st.integers(0, 39), max_size=5)) - staying:
            index.delete(key)
        for key in data.draw(st.sets(st.sampled_from(range(1, 40, 2)), max_size=3)):
            index.put(key, n=key % 3)

    assert [seen.count(key) for key in staying] == [1] * len(staying)


def test_a_full_page_has_a_token_and_another_has_none(searched: Any) -> None:
    index = searched(FIELDS)
    for key in range(4):
        index.put(key)

    assert index.pages(ALL, 4) == [[0, 1, 2, 3], []]
    assert index.pages(ALL, 3) == [[0, 1, 2], [3]]
    assert index.hits(ALL, limit=5).next_token == b""
    assert index.hits(ALL, limit=2, offset=3).next_token == b""


def test_nothing_can_be_asked_for_but_the_count(searched: Any) -> None:
    index = searched(FIELDS)
    for key in range(4):
        index.put(key)

    answer = index.answer(ALL, limit=0, get_total_count=True)
    assert (answer.rows, answer.total_count, answer.next_token) == ([], 4, b"")
    assert index.answer(ALL, limit=0).total_count == -1


def test_ten_rows_come_if_nobody_says_how_many(searched: Any) -> None:
    index = searched(FIELDS)
    for key in range(12):
        index.put(key)

    assert len(index.answer(ALL).rows) == 10


def test_a_token_brings_its_sort(searched: Any) -> None:
    index = searched(FIELDS)
    index.fill({key: {"n": -key} for key in range(6)})
    first = index.hits(ALL, limit=2, sort=ts.Sort([ts.FieldSort("n")]))

    # Clients pass the sort again, or do not.
    assert index.keys(ALL, limit=2, next_token=first.next_token) == [3, 2]
    again = index.keys(ALL, limit=2, next_token=first.next_token, sort=SORTS[1], offset=1)
    assert again == [3, 2]


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token[:-1],
        lambda token: b"x" + token,
        lambda token: base64.b64encode(b"[]"),
        lambda token: bytes([token[0] ^ 1]) + token[1:],
        lambda token: token[:-4] + b"AAAA",
        lambda token: b"\xff\x00",
        lambda token: b"A",
    ],
)
def test_a_token_that_nobody_gave_is_refused(searched: Any, change: Any) -> None:
    index = searched(FIELDS)
    for key in range(4):
        index.put(key)
    token = index.hits(ALL, limit=2).next_token

    with pytest.raises(SearchError, match="token is invalid"):
        index.hits(ALL, limit=2, next_token=change(token))


def test_a_token_of_another_index_is_refused(searched: Any) -> None:
    index, other = searched(FIELDS), searched(FIELDS[:2])
    for key in range(4):
        index.put(key)
        other.put(str(key))

    with pytest.raises(SearchError, match="token is invalid"):
        other.hits(ALL, next_token=index.hits(ALL, limit=2).next_token)


@pytest.mark.parametrize(
    ("options", "from_index", "is_good"),
    [
        ({"limit": 100}, False, True),
        ({"limit": 101}, False, False),
        ({"limit": 101}, True, True),
        ({"limit": 1000}, True, True),
        ({"limit": 1001}, True, False),
        ({"limit": -1}, False, False),
        ({"limit": 100, "offset": 99_900}, False, True),
        ({"limit": 100, "offset": 99_901}, False, False),
        ({"offset": -1}, False, False),
    ],
)
def test_limits_of_pages(
    searched: Any, options: dict[str, int], from_index: bool, is_good: bool
) -> None:
    index = searched(FIELDS)
    if is_good:
        index.hits(ALL, from_index=from_index, **options)
        return
    with pytest.raises(SearchError, match=r"limit|offset"):
        index.hits(ALL, from_index=from_index, **options)


def test_which_columns_an_index_stores(searched: Any) -> None:
    index = searched(
        [
            *FIELDS,
            ts.FieldSchema("loose", ts.FieldType.LONG, store=False),
            ts.FieldSchema("v", ts.FieldType.KEYWORD, is_virtual_field=True, source_fields=["n"]),
        ]
    )

    stored = {name: index.schema.stores(name) for name in ("n", "t", "loose", "v", "nothing")}
    assert stored == {"n": True, "t": True, "loose": False, "v": False, "nothing": False}


def test_collapsing_leaves_the_first_row_of_each_value(searched: Any) -> None:
    index = searched(FIELDS)
    index.fill({key: {"n": key % 3, "k": "x"} for key in range(9)})
    index.put(9)
    collapse = ts.Collapse("n")

    answer = index.answer(ALL, collapse_field=collapse, get_total_count=True, limit=2)
    assert ([row[0][0][1] for row in answer.rows], answer.total_count) == ([0, 1], 10)
    assert answer.next_token == b""
    assert index.keys(ALL, collapse_field=collapse, limit=2, offset=2) == [2, 9]
    newest = ts.Sort([ts.PrimaryKeySort(ts.SortOrder.DESC)])
    assert index.keys(ALL, collapse_field=collapse, sort=newest) == [9, 8, 7, 6]
    assert index.keys(ALL, collapse_field=ts.Collapse("k")) == [0, 9]


@pytest.mark.parametrize("field", ["t", "tags", "w", "nothing"])
def test_what_cannot_be_collapsed_by_is_refused(searched: Any, field: str) -> None:
    with pytest.raises(SearchError, match=field):
        searched(FIELDS).hits(ALL, collapse_field=ts.Collapse(field))


def test_collapsing_and_a_token_do_not_go_together(searched: Any) -> None:
    index = searched(FIELDS)
    index.put(1)
    token = index.hits(ALL, limit=1).next_token

    with pytest.raises(SearchError, match="token"):
        index.hits(ALL, collapse_field=ts.Collapse("n"), next_token=token)
