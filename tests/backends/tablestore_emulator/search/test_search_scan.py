"""A parallel scan: each row is in one part, and each part has pages."""

from __future__ import annotations

from typing import Any

import pytest

ts: Any = pytest.importorskip("tablestore")

from tablestore_emulator.search.errors import SearchError  # noqa: E402

FIELDS = [ts.FieldSchema("n", ts.FieldType.LONG)]


def scan(index: Any, encoder: Any, *arguments: Any) -> Any:
    return index.index.scan(encoder._encode_scan_query(ts.ScanQuery(*arguments)))


@pytest.mark.parametrize("parts", [1, 2, 5])
def test_each_row_is_in_one_part(searched: Any, encoder: Any, parts: int) -> None:
    index = searched(FIELDS)
    for key in range(200):
        index.put(key, n=key % 2)
    query = ts.TermQuery("n", 1)

    seen = []
    for part in range(parts):
        token, found = None, []
        while True:
            hits = scan(index, encoder, query, 7, token, part, parts)
            assert hits.total == -1
            found.append(len(hits.hits))
            seen += [hit.primary_key[0] for hit in hits.hits]
            for hit in hits.hits:
                index.delete(hit.primary_key[0])
            token = hits.next_token
            if not token:
                break
        # The last page is empty, whether or not the one before was full.
        assert set(found[:-2]) <= {7}
        assert found[-1] == 0

    assert sorted(seen) == list(range(1, 200, 2))


@pytest.mark.parametrize(
    "arguments",
    [
        (ts.MatchAllQuery(), 2001, None, 0, 1),
        (ts.MatchAllQuery(), 0, None, 0, 1),
        (ts.MatchAllQuery(), 10, None, 1, 1),
        (ts.MatchAllQuery(), 10, b"token", 0, 1),
        (ts.TermQuery("nothing", 1), 10, None, 0, 1),
    ],
)
def test_a_bad_scan_is_refused(searched: Any, encoder: Any, arguments: Any) -> None:
    with pytest.raises(SearchError):
        scan(searched(FIELDS), encoder, *arguments)


def test_a_token_of_a_search_is_none_of_a_scan(searched: Any, encoder: Any) -> None:
    index = searched(FIELDS)
    index.put(1)
    token = index.hits(ts.MatchAllQuery(), limit=1).next_token

    with pytest.raises(SearchError, match="token"):
        scan(index, encoder, ts.MatchAllQuery(), 10, token, 0, 1)
