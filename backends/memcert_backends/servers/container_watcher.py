"""The process that removes containers whose owner died: ``python -m`` runs it, with their label.

It reads a pipe that only the owner holds open. If that one says that it removed them itself, there
is nothing to do; if the pipe ends without a word, the watcher does it.
"""

from __future__ import annotations

import sys
import time

LOOKS = 2
"""How often it looks: the engine may have been asked for one just before the owner died."""


def main() -> None:
    """Wait for the owner's last word, or its end."""
    if sys.stdin.readline():
        return
    from docker.errors import DockerException
    from testcontainers.core.docker_client import DockerClient

    from memcert_backends.servers.container import LABEL

    engine = DockerClient().client
    for look in range(LOOKS):
        time.sleep(look)
        for found in engine.containers.list(
            all=True, filters={"label": f"{LABEL}={sys.argv[1]}"}, ignore_removed=True
        ):
            try:
                found.remove(force=True, v=True)
            except DockerException:
                # Somebody else is at it.
                continue


if __name__ == "__main__":
    main()
