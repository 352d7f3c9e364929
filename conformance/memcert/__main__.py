"""``memcert``, and ``python -m memcert``: the command line, once it is imported."""

import sys

try:
    import os

    from memcert.interruption import STATUS, leave_silently, leave_when_interrupted
except KeyboardInterrupt:
    # Of the few milliseconds that this takes. Before it, nothing of memcert's runs.
    sys.stderr.write("Error: interrupted\n")
    raise SystemExit(130) from None


def main() -> None:
    """Run the command line of this process."""
    # Importing the rest takes half a second.
    leave_when_interrupted()
    from memcert.command_line import main as command_line

    try:
        command_line(prog_name="memcert")
    except SystemExit as end:
        if end.code == STATUS:
            # All that was started is stopped. Python's own way out may wait, or complain.
            leave_silently()
        raise


if __name__ == "__main__":
    if sys.path[:1] == [os.getcwd()]:  # noqa: PTH109 - sys.path holds strings
        # As `-m` has it, a file of the working folder would take an installed module's place.
        sys.path.append(sys.path.pop(0))
    main()
