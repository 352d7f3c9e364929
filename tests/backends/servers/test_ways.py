"""What a store says about the ways in which it is to be had, and that this is so."""

from __future__ import annotations

import re

import pytest

from memcert_backends.servers import (
    STORES,
    WAYS,
    ServerUnavailable,
    default_way,
    start,
    url_of,
    why_not,
)


@pytest.fixture(autouse=True)
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no Docker engine: containers are tested apart, where there is one."""
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("way", ["embedded", "process", "container"])
def test_a_store_starts_unless_something_speaks_against_it(store: str, way: str) -> None:
    reason = why_not(store, way)
    if reason is None:
        with start(store, way) as server:
            assert (server.store, server.how) == (store, way)
    else:
        assert "\n" not in reason
        with pytest.raises(ServerUnavailable, match=re.escape(f"{store}: {reason}")):
            start(store, way)


@pytest.mark.parametrize("store", STORES)
def test_a_store_has_a_way_of_its_own_and_urls(store: str) -> None:
    assert default_way(store) in WAYS
    assert why_not(store, "url") is None
    assert "://" in url_of(store)
    assert why_not(store, "nonsense") is not None
    with pytest.raises(ServerUnavailable, match="takes the URL itself"):
        start(store, "url")
