"""Stores in containers: that they start, that they are removed, and what is said if they cannot be.

The first ones need a Docker engine with the images of tests/containers/make_images.sh, and are
skipped, loudly, where there is none; MEMCERT_CONTAINERS=1 says that there is one.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from memcert_backends.servers import Server, ServerUnavailable, container, start

IMAGES = {"redis": "redis:7", "postgresql": "postgres:15", "mariadb": "mariadb:10.11"}
NOWHERE = "tcp://127.0.0.1:1"


@pytest.fixture(scope="module")
def engine() -> Iterator[Any]:
    """A Docker engine that has the images."""
    reason = container.why_not()
    if reason is None:
        import docker

        client = docker.from_env()
        has = {tag for image in client.images.list() for tag in image.tags}
        missing = sorted(set(IMAGES.values()) - has)
        if not missing:
            yield client
            client.close()
            return
        client.close()
        reason = f"{', '.join(missing)} missing; run tests/containers/make_images.sh"
    if os.environ.get("MEMCERT_CONTAINERS") == "1":
        pytest.fail(f"MEMCERT_CONTAINERS=1 expects containers: {reason}")
    pytest.skip(f"CONTAINERS ARE NOT TESTED: {reason}")


def _behind(engine: Any, url: str) -> Any:
    """Return the container that publishes the port of a URL."""
    port = str(urlsplit(url).port)
    (found,) = (
        each
        for each in engine.containers.list(filters={"label": container.LABEL})
        if any(place["HostPort"] == port for ports in each.ports.values() for place in ports or ())
    )
    return found


def _gone(engine: Any, made: Any) -> bool:
    return made.id not in {each.id for each in engine.containers.list(all=True)}


@pytest.mark.parametrize("store", IMAGES)
def test_starts_answers_and_is_removed(engine: Any, store: str) -> None:
    with start(store, "container") as server:
        made = _behind(engine, server.url)
        assert (server.store, server.how) == (store, "container")
        assert any(character.isdigit() for character in server.version)
        assert made.image.tags == [IMAGES[store]]
        with start(store, server.url) as same:
            assert same.version == server.version
        assert server.fresh is not None
        with server.fresh() as fresh:
            assert fresh.url != server.url
    assert _gone(engine, made)


def test_is_removed_when_its_user_fails(engine: Any) -> None:
    made = []

    def fail(server: Server) -> None:
        made.append(_behind(engine, server.url))
        raise KeyError

    with pytest.raises(KeyError), start("redis", "container") as server:
        fail(server)
    assert _gone(engine, made[0])


def test_leaves_the_reaper_to_other_users_of_testcontainers(
    engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from testcontainers.core.config import testcontainers_config as settings

    for disabled in (False, True):
        monkeypatch.setattr(settings, "ryuk_disabled", disabled)
        with start("redis", "container"):
            assert settings.ryuk_disabled is disabled
            images = [each.image.tags for each in engine.containers.list(all=True)]
            assert not any("ryuk" in tag for tags in images for tag in tags)


def test_may_be_removed_by_somebody_else(engine: Any) -> None:
    with start("redis", "container") as server:
        _behind(engine, server.url).remove(force=True)


_HOLDER = """
import time
from memcert_backends.servers import start
with start("redis", "container") as server:
    print(server.url, flush=True)
    time.sleep(60)
"""


def test_is_removed_when_the_process_that_started_it_is_killed(engine: Any) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        made = _behind(engine, holder.stdout.readline().strip())
        holder.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while not _gone(engine, made):
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("image", "command", "reason"),
    [
        ("memcert/no-such-image:1", "redis-server", "no container of the image memcert/no-such-"),
        (IMAGES["redis"], "redis-server --nonsense 1", "the container of redis:7 ended: "),
        (IMAGES["redis"], "/no/such/program", "the container of redis:7 ended: "),
    ],
)
def test_says_why_one_does_not_start(engine: Any, image: str, command: str, reason: str) -> None:
    with (
        pytest.raises(ServerUnavailable) as raised,
        container.container("redis", image, 6379, command=command.split()) as running,
    ):
        running.when_ready(_refused)
    assert str(raised.value).startswith(f"redis: {reason}")
    assert "\n" not in str(raised.value)
    commands = [each.attrs["Config"]["Cmd"] for each in engine.containers.list(all=True)]
    assert command.split() not in commands


def test_says_so_when_a_server_does_not_answer(
    engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "_READY_SECONDS", 0.2)
    with (
        pytest.raises(ServerUnavailable, match=r"does not answer within 0.2 s: Connection refused"),
        container.container("redis", "redis:7", 6379) as running,
    ):
        running.when_ready(_refused)


def _refused() -> None:
    raise ConnectionRefusedError(111, "Connection refused")


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        (NOWHERE, "Connection refused"),
        ("unix:///there/is/none.sock", "No such file or directory"),
        ("nonsense", "nonsense"),
    ],
)
@pytest.mark.parametrize("store", IMAGES)
def test_without_an_engine_it_says_so_at_once(
    monkeypatch: pytest.MonkeyPatch, store: str, place: str, reason: str
) -> None:
    monkeypatch.setenv("DOCKER_HOST", place)
    began = time.monotonic()
    with pytest.raises(ServerUnavailable) as raised, start(store, "container"):
        pass
    assert time.monotonic() - began < 10
    line = str(raised.value)
    assert line.startswith(f"{store}: no Docker engine answers at {place}: ")
    assert reason in line
    assert "\n" not in line


def test_names_the_extra_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "find_spec", lambda _: None)
    with (
        pytest.raises(ServerUnavailable, match=r"pip install 'memcert\[container\]'"),
        start("redis", "container"),
    ):
        pass


def test_the_command_line_says_it_in_one_line(tmp_path: Path) -> None:
    command = (
        "from memcert.command_line import main; main(['certify', 'redis', '--server', 'container'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", command],
        cwd=tmp_path,
        env=os.environ | {"DOCKER_HOST": NOWHERE},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"Error: redis: no Docker engine answers at {NOWHERE}: Connection refused"
    ]
