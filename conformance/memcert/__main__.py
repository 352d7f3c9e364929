"""``memcert``, and ``python -m memcert``: the command line, once it is imported."""

import sys

try:
    import os

    from memcert.interruption import leave_when_interrupted
except KeyboardInterrupt:
    # Of the few milliseconds that this takes. Before it, nothing of memcert's runs.
    sys.stderr.write("Error: interrupted\n")
    raise SystemExit(130) from None


def main() -> None:
    """Run the command line, and end the process with it, whatever a backend left running."""
    # Importing the rest takes half a second.
    leave_when_interrupted()
    from functools import partial

    from memcert import ending
    from memcert.command_line import main as command_line

    ending.run(partial(command_line, prog_name="memcert"))


if __name__ == "__main__":
    if sys.path[:1] == [os.getcwd()]:  # noqa: PTH109 - sys.path holds strings
        # As `-m` has it, a file of the working folder would take an installed module's place.
        sys.path.append(sys.path.pop(0))
    main()
