"""A pytest fixture: ``pytest_plugins = ["tablestore_emulator.fixtures"]``.

An emulator is started once for all tests of a process; each test finds it empty.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tablestore_emulator.running import RunningEmulator, emulator


@pytest.fixture(scope="session")
def tablestore_emulator_process() -> Iterator[RunningEmulator]:
    """Yield an emulator whose search indexes catch up when a test says so."""
    with emulator(lag="manual", seed=0) as running:
        yield running


@pytest.fixture
def tablestore_emulator(tablestore_emulator_process: RunningEmulator) -> RunningEmulator:
    """Return an empty emulator; ``control.set_lag("1-3s")`` gives it the service's lag."""
    tablestore_emulator_process.control.reset()
    return tablestore_emulator_process
