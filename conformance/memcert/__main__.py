"""``python -m memcert``: the command line of this Python, wherever its scripts are."""

from memcert.command_line import main

if __name__ == "__main__":
    main(prog_name="memcert")
