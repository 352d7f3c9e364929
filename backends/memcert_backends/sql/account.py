"""Programs that refuse to run as root, run by an account that may do little else."""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Sequence
from typing import NamedTuple

# Python does it: setpriv and runuser are not everywhere, and runuser stays around as a parent.
_SWITCH = (
    "import os, sys\n"
    "user, group = map(int, sys.argv[1:3])\n"
    "os.setgroups([]); os.setgid(group); os.setuid(user)\n"
    "os.execv(sys.argv[3], sys.argv[3:])\n"
)


class Account(NamedTuple):
    """An account of this machine."""

    name: str
    user: int
    group: int

    def command(self, program: str, *arguments: str) -> list[str]:
        """Return what runs a program as this account, with the same process id throughout.

        Args:
            program: its path.
            arguments: its arguments.
        """
        command = [program, *arguments]
        if self.user == os.getuid():
            return command
        return [sys.executable, "-I", "-c", _SWITCH, str(self.user), str(self.group), *command]

    def own(self, folder: str) -> None:
        """Hand a folder over to this account.

        Args:
            folder: its path.
        """
        if self.user != os.getuid():
            os.chown(folder, self.user, self.group)


def account_for(names: Sequence[str]) -> Account:
    """Return this process's own account, or, as root, one that is not.

    Args:
        names: the accounts to use as root; the first one that there is.

    Raises:
        LookupError: this is root, and none of them is there.
    """
    if os.getuid() != 0:
        return Account("", os.getuid(), os.getgid())
    for name in names:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise LookupError(f"root cannot run it, and there is no account {' or '.join(names)}")
