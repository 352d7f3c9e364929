"""The pytest plugin: ``pytest --memcert-backend my_package.memory:MyMemory``.

Every rule of the asked level is a test item of the author's own suite. A rule that fails only for
what breaks another one of the session is skipped, as hidden behind that. `--memcert-deviations
FILE` declares known deviations, as `memcert certify --deviations` does: a rule that fails for these
alone is an expected failure; one that is expired, unused or mended fails the session.

pytest loads this module in every run of whoever has memcert installed, so it imports nothing that
is not there already; the kit is imported when a backend is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options.

    Args:
        parser: pytest's.
    """
    group = parser.getgroup("memcert", "conformance of agent-memory backends (memcert)")
    group.addoption(
        "--memcert-backend",
        action="append",
        default=[],
        metavar="BACKEND",
        help="check the rules of the contract against this backend, a test each; repeatable",
    )
    group.addoption(
        "--memcert-level",
        choices=("core", "durable", "resilient"),
        help="the level to check (default: durable, or core for a backend that is ephemeral)",
    )
    group.addoption(
        "--memcert-server",
        default=None,
        metavar="HOW",
        help="how its store is started: embedded, process, container, or a URL (default: its own)",
    )
    group.addoption(
        "--memcert-effort",
        choices=("quick", "standard", "thorough"),
        default="standard",
        help="how many random programs each rule gets (default: standard)",
    )
    group.addoption(
        "--memcert-seed",
        type=int,
        default=0,
        metavar="SEED",
        help="what the random programs depend on (default: 0)",
    )
    group.addoption(
        "--memcert-deviations",
        default=None,
        metavar="FILE",
        help="a TOML file of known deviations, as memcert certify takes it: a rule that fails for"
        " these alone is an expected failure; one that is expired, unused or mended fails the"
        " session",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Bring in the rest of the plugin, if a backend is named.

    Args:
        config: pytest's.
    """
    if config.getoption("--memcert-backend"):
        from memcert.pytest_items import Items

        config.pluginmanager.register(Items(config), "memcert-items")
