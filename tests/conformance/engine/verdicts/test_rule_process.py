"""A process that checks rules ends where the kit itself is wrong, whatever a backend left in it."""

from __future__ import annotations

import socket
import subprocess
import sys
from multiprocessing.connection import Connection

BROKEN = """
import threading
import time

from memcert.engine.verdicts.rule_process import main

threading.Thread(target=time.sleep, args=(600,)).start()
main()
"""


def test_it_ends_with_an_error_of_the_kits_own() -> None:
    here, there = socket.socketpair()
    line = Connection(here.detach())
    with (
        there,
        subprocess.Popen(
            [sys.executable, "-c", BROKEN, str(there.fileno())],
            stderr=subprocess.PIPE,
            text=True,
            pass_fds=[there.fileno()],
        ) as process,
    ):
        try:
            line.send("no task")
            _, complaints = process.communicate(timeout=60)
        finally:
            process.kill()
    line.close()
    assert process.returncode == 1
    assert complaints.startswith("Traceback")
    assert "AttributeError: 'str' object has no attribute 'failures'" in complaints
