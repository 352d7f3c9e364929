"""The options of a table: how long and in how many versions it keeps what is written."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tablestore_emulator.errors import invalid
from tablestore_emulator.protocol import Message, tables

_INT64_MAX = 2**63 - 1

FOREVER = -1
"""The time to live of what does not expire."""


@dataclass(frozen=True)
class Options:
    """A table's options.

    Args:
        time_to_live: seconds after which a version expires; `FOREVER`.
        max_versions: how many versions of a column are kept.
        deviation: by how many seconds a given version may differ from the time.
        allow_update: whether UpdateRow is allowed.
    """

    time_to_live: int = FOREVER
    max_versions: int = 1
    deviation: int = 86400
    allow_update: bool = True

    def changed(self, asked: Message) -> Options:
        """Return these options with what a request asks for instead.

        Args:
            asked: the protocol's TableOptions.

        Raises:
            ServiceError: a value is out of its range.
        """
        options = self
        if asked.HasField("time_to_live"):
            if asked.time_to_live == 0 or asked.time_to_live < FOREVER:
                raise invalid("TimeToLive cannot be 0 or less than -1.")
            options = replace(options, time_to_live=asked.time_to_live)
        if asked.HasField("max_versions"):
            if asked.max_versions <= 0:
                raise invalid("The maximum versions cannot be less than or equal to 0.")
            options = replace(options, max_versions=asked.max_versions)
        if asked.HasField("deviation_cell_version_in_sec"):
            deviation = asked.deviation_cell_version_in_sec
            if not 0 <= deviation <= _INT64_MAX // 1_000_000:
                raise invalid("The maximum deviation must be in range [0, INT64_MAX/1000000].")
            options = replace(options, deviation=deviation)
        if asked.HasField("allow_update"):
            options = replace(options, allow_update=asked.allow_update)
        return options

    def message(self) -> Message:
        """Return them in the protocol's form."""
        return tables.TableOptions(
            time_to_live=self.time_to_live,
            max_versions=self.max_versions,
            deviation_cell_version_in_sec=self.deviation,
            allow_update=self.allow_update,
        )
