"""``memcert``, and ``python -m memcert``: the command line of this Python."""

from __future__ import annotations

from functools import partial
from typing import NoReturn

from memcert import ending
from memcert.command_line import main as command_line


def main() -> NoReturn:
    """Run the command line, and end the process with it, whatever a backend left running."""
    ending.run(partial(command_line, prog_name="memcert"))


if __name__ == "__main__":
    main()
