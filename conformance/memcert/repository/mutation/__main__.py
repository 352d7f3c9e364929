"""Lets the job be run as ``python -m memcert.repository.mutation``."""

from __future__ import annotations

from memcert.repository.mutation.command import main

if __name__ == "__main__":
    main()
