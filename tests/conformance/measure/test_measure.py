"""Small runs: what they say and write, and that they find what does not hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from memcert.measure.__main__ import main

Measure = Callable[..., Any]

SMALL = ("--messages", "300", "--rounds", "3")


def in_json(data: Any) -> list[Any]:
    """Return every value in JSON data."""
    if isinstance(data, dict):
        return [found for value in data.values() for found in in_json(value)]
    if isinstance(data, list):
        return [found for value in data for found in in_json(value)]
    return [data]


@pytest.mark.thorough
@pytest.mark.usefixtures("redis_server")
def test_a_small_run_on_sqlite_and_redis_measures_everything(measure: Measure) -> None:
    found = measure("--backend", "sqlite", "--backend", "redis", *SMALL)

    data = found.data
    assert [each["name"] for each in data["backends"]] == ["sqlite", "redis"]
    assert [each["store"]["how"] for each in data["backends"]] == ["embedded", "process"]
    titles = [part["title"] for part in data["backends"][0]["measurements"]]
    assert len(titles) == 6
    for title in titles:
        assert f"### {title}" in found.text
        assert f"redis: {title}" in found.output
    assert data["plan"]["messages"] == 300
    assert {"kit", "date", "machine", "drivers", "load_before", "load_after"} <= data.keys()
    assert "says nothing about more than 300 messages" in found.text
    assert not found.lines("not measured")
    # Three rounds make no interval, and none is shown.
    assert "3 rounds: no interval" in found.text
    # Both say of every line what became of it.
    for line in (*found.lines("holds"), *found.lines("does not hold")):
        assert line.partition(": ")[0] in found.text
        assert line in found.output


@pytest.mark.usefixtures("redis_server")
def test_counts_are_those_of_the_backend(measure: Measure) -> None:
    found = measure("--backend", "redis", "--backend", "sqlite", "--only", "counts", *SMALL)

    redis, sqlite = (
        each["measurements"][0]["figures"]["counts"] for each in found.data["backends"]
    )
    assert all(
        size["round trips"] == 1 for operation in redis.values() for size in operation.values()
    )
    # EVALSHA, the looks whether the space is whole, and the size itself: at every size as many.
    assert {each["server's commands"] for each in redis["size"].values()} == {6}
    for stored in ("8", "300"):
        assert sqlite["get_memory"][stored] == {"statements": 1, "commits": 0}
        assert sqlite["add one"][stored] == {"statements": 3, "commits": 1}


def test_fakeredis_says_nothing_of_waiting(measure: Measure) -> None:
    found = measure("--backend", "redis", "--server", "redis=embedded", "--only", "bulk", *SMALL)

    (line,) = found.lines("not measured")
    assert "keeps other clients waiting" in line
    assert "fakeredis is no Redis server" in line


def test_work_that_grows_with_the_space_is_found(measure: Measure) -> None:
    found = measure(
        "--backend", "memories:slow", "--messages", "3000", "--only", "growth", "--rounds", "6"
    )

    assert found.status == 1
    # Six rounds say little of the other operations, whose ratios are of microseconds.
    grown = "add with 3,000 in the space takes at most 1.5 times"
    assert any(line.startswith(grown) for line in found.lines("does not hold"))


def test_round_trips_that_grow_are_found(measure: Measure) -> None:
    found = measure("--backend", "memories:chatty", "--only", "counts", *SMALL)

    assert found.status == 1
    grown = [line for line in found.lines("does not hold") if "no operation takes more" in line]
    assert len(grown) == 1
    assert "delete one id takes 7 statements at 300, 4 at 8" in grown[0]


def test_a_memory_that_does_not_do_what_is_timed_has_no_times(measure: Measure) -> None:
    found = measure("--backend", "memories:lossy", "--only", "growth", "--only", "pool", *SMALL)

    assert found.status == 1
    assert "it can be measured: WrongAnswer: size returned" in "\n".join(
        found.lines("does not hold")
    )
    assert any("nothing lost" in line for line in found.lines("does not hold"))
    assert "### operations on one message" not in found.text


def test_a_store_that_cannot_be_had_is_said_not_to_be_measured(measure: Measure) -> None:
    server = ("--server", "redis=redis://127.0.0.1:1", "--only", "counts")
    found = measure("--backend", "redis", "--backend", "sqlite", *server, *SMALL)

    (line,) = found.lines("not measured")
    assert line.startswith("every line: redis")
    assert found.data["backends"][0]["store"] is None
    assert found.lines("holds")


def test_nothing_measured_is_no_success(folder: Path) -> None:
    arguments = ["reports", "--backend", "redis", "--server", "redis=redis://127.0.0.1:1", *SMALL]
    result = CliRunner().invoke(main, arguments)

    assert result.exit_code == 2
    assert "nothing could be measured" in result.output
    assert "not measured" in (folder / "reports" / "measurements.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--backend", "rediss"], "did you mean"),
        (["--backend", "redis", "--server", "sqlite=embedded"], "BACKEND=HOW"),
        (["--backend", "redis", "--server", "process"], "BACKEND=HOW"),
        (["--messages", "5"], "--messages"),
    ],
)
def test_a_wrong_question_is_one_line(folder: Path, arguments: list[str], told: str) -> None:
    result = CliRunner().invoke(main, ["reports", *arguments])

    assert result.exit_code == 2
    assert told in result.output
    assert not (folder / "reports" / "measurements.md").exists()
