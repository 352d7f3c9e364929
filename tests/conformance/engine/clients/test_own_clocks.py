"""Memories in a process whose clock is wrong on purpose."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from memcert.engine.programs.description import story
from memcert.engine.programs.fault_operation import StepClock
from memcert.engine.programs.operation import MalformedProgram
from memcert.engine.programs.program import Client, Program, Step
from memcert.engine.programs.reading import parse_program
from memcert.engine.running.runner import Runner
from memcert.resolver import resolve
from memcert.short_term import CONTRACT
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Read, Size
from memcert_backends.backend import Space

LOOK = """
import sys
from memcert.engine.clients.own_clock import set_clock, step_clock, use_own_clock
use_own_clock()
set_clock(600.0)
import datetime, json, time
from datetime import UTC, date, datetime as Moment

class Derived(Moment):
    pass

made_by_c = (Moment(2020, 1, 1) - Moment(2019, 1, 1)) + Moment(2019, 1, 1)
seen = {
    "time": time.time(),
    "time_ns": time.time_ns() / 1e9,
    "clock_gettime": time.clock_gettime(time.CLOCK_REALTIME),
    "clock_gettime_ns": time.clock_gettime_ns(time.CLOCK_REALTIME) / 1e9,
    "localtime": time.mktime(time.localtime()),
    "ctime": time.mktime(time.strptime(time.ctime())),
    "asctime": time.mktime(time.strptime(time.asctime())),
    "strftime": time.mktime(time.strptime(time.strftime("%Y %j %H %M %S"), "%Y %j %H %M %S")),
    "now": Moment.now().timestamp(),
    "now in a zone": Moment.now(UTC).timestamp(),
    "today": Moment.today().timestamp(),
    "utcnow": Moment.utcnow().replace(tzinfo=UTC).timestamp(),
    "derived": Derived.now().timestamp(),
}
step_clock(-1200.0)
behind = {"time": time.time(), "now": Moment.now().timestamp()}
print(json.dumps({
    "seen": seen,
    "behind": behind,
    "monotonic": time.monotonic(),
    "hour": time.localtime(0).tm_hour,
    "minute": time.localtime(0).tm_min,
    "dates": [
        isinstance(Moment.now(), Moment), isinstance(made_by_c, Moment), isinstance(7, Moment),
        isinstance(Moment.now(), date), isinstance(date.today(), date),
        isinstance(date.today(), Moment), isinstance(Moment.now(), Derived),
        isinstance(Derived.now(), Derived), type(Derived.now()).__name__ == "Derived",
        str(date.today()) == time.strftime("%Y-%m-%d"),
    ],
}))
"""


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """What a process with a clock that is ten minutes ahead, in Kathmandu, says of the time."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", LOOK],
        check=True,
        capture_output=True,
        env=os.environ | {"TZ": "NPT-5:45"},
    )
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


def test_whatever_tells_the_time_of_day_is_ahead(told: dict[str, Any]) -> None:
    now = time.time()
    for name, seconds in told["seen"].items():
        assert 570 < seconds - now <= 601, name


def test_a_clock_can_be_set_back(told: dict[str, Any]) -> None:
    now = time.time()
    for name, seconds in told["behind"].items():
        assert -630 < seconds - now <= -599, name


def test_a_clock_that_only_goes_forward_stays_as_it_is(told: dict[str, Any]) -> None:
    assert 0 <= time.monotonic() - told["monotonic"] < 60


def test_the_time_zone_is_another(told: dict[str, Any]) -> None:
    assert (told["hour"], told["minute"]) == (5, 45)


def test_dates_are_what_they_were(told: dict[str, Any]) -> None:
    assert told["dates"] == [True, True, False, True, True, False, False, True, True, True]


MEMORIES = """
import datetime
import os
import time

from memcert import backend
from memcert.short_term.mutants.folder_host import Kept
from memcert_reference import Msg


class TellsTheTime(Kept):
    async def get_memory(self, mark=None, exclude_mark=None, prepend_summary=True):
        told = {
            "time": time.time(),
            "hours": datetime.datetime.fromtimestamp(0).hour,
            "process": os.getpid(),
        }
        return [Msg("n", "x", "user", id="m0", metadata=told)]


@backend("tells-the-time", store="folder")
async def tells(space):
    yield TellsTheTime(space)
"""


def test_each_client_of_a_run_has_the_clock_that_it_asks_for(tmp_path: Path) -> None:
    (tmp_path / "memories.py").write_text(MEMORIES)
    backend = resolve(f"{tmp_path / 'memories.py'}:tells")
    clients = (
        Client(process=True),
        Client(process=True, clock=600.0),
        Client(process=True, clock=-600.0, time_zone="NPT-5:45"),
    )

    async def look(runner: Runner) -> list[dict[str, Any]]:
        found = []
        for client in (*clients, clients[1]):
            space = Space("u", "s", runner.subject.server)
            async with runner.subject.workers.opened(backend, space, client) as handle:
                if client is clients[1]:
                    await handle.step_clock(60.0)
                messages: Any = await handle.run(Read())
                found.append(messages[0]["metadata"])
        return found

    with Runner(CONTRACT, backend) as runner:
        right, ahead, behind, again = runner.run(look(runner))
    now = time.time()
    assert [round((each["time"] - now) / 60) for each in (right, ahead, behind)] == [0, 11, -10]
    assert behind["hours"] == 5
    assert len({each["process"] for each in (right, ahead, behind)}) == 3
    # A process is used again, and its clock is what it was at first.
    assert again["process"] == ahead["process"]
    assert round((again["time"] - now) / 60) == 11


def test_a_program_with_clocks_is_told_in_words() -> None:
    program = Program(
        (Step(Size(), 1), Step(StepClock(-1200.0), 1), Step(Size())),
        clients=(Client(), Client(process=True, clock=600.0, time_zone="Asia/Kathmandu")),
    )
    assert program.is_concurrent
    assert [line.text for line in story(program)] == [
        "client 1 is in another process, its clock is 600 s ahead, its time zone is Asia/Kathmandu",
        "client 1: await memory.size()",
        "client 1: # the clock of this client is set 1200 s back",
        "client 0: await memory.size()",
    ]
    assert parse_program(program.to_text(), CONTRACT.operations) == program
    # A clock that is right is left out, as it was before there were any.
    assert Program((), clients=(Client(process=True),)).to_json()["clients"] == [
        {"space": 0, "process": True}
    ]


@pytest.mark.parametrize(
    ("client", "said"),
    [
        ('{"clock": 600.0}', "only a client in another process"),
        ('{"process": true, "clock": 600}', "malformed item"),
        ('{"process": true, "clock": 1e999}', "a clock or a time zone that is none"),
        ('{"process": true, "time_zone": "a b"}', "a clock or a time zone that is none"),
        ('{"process": true}', "only a client with a clock of its own"),
    ],
)
def test_a_clock_that_is_none_is_refused(client: str, said: str) -> None:
    step = '{"operation": "step_clock", "forward": 1.0}'
    text = f'{{"format": 1, "steps": [{step}], "clients": [{client}]}}'
    with pytest.raises(MalformedProgram, match=said):
        parse_program(text, CONTRACT.operations)


def test_a_local_time_is_found_out_by_time_zones_alone() -> None:
    clients = (
        Client(process=True, time_zone="NPT-5:45"),
        Client(process=True, time_zone="NST3:30"),
    )
    add = [Add((Message(msg_id),)) for msg_id in ("m0", "m1")]
    program = Program((Step(add[0], 0), Step(add[1], 1)), clients=clients)
    for name, fails in (("ordered-by-local-time", True), ("ordered-by-clock", False)):
        with Runner(CONTRACT, resolve(f"mutant:{name}")) as runner:
            assert (runner.execute(program).divergence is not None) is fails
