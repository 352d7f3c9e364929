"""How an emulator is set up; it can be said where what the emulator needs is not installed."""

from __future__ import annotations

from dataclasses import dataclass, field

from tablestore_emulator.lag import OF_SECONDARY, OF_THE_SERVICE, Lag
from tablestore_emulator.limits import Limits

REQUEST_SECONDS = 60.0
"""How long the headers of a request may take, and then its body, in seconds: on the loopback, any
client that means it takes less."""

KEEP_ALIVE_SECONDS = 75.0
"""How long a connection may wait for its next request, whole headers included, in seconds."""


@dataclass(frozen=True)
class Settings:
    """How an emulator is set up.

    Args:
        instance_name: the instance that clients name.
        access_key_id: the key that clients sign with.
        access_key_secret: its secret.
        lag: how far search indexes are behind.
        build: how long a new search index takes to be there; None for the lag that is set.
        secondary_lag: how far global secondary indexes are behind.
        has_transactions: whether tables have local transactions. The service's have them only if
            they were made so, which the Python SDK cannot ask for.
        seed: where chance comes from; None for another one each time.
        limits: the service's limits.
    """

    instance_name: str = "emulator"
    access_key_id: str = "emulator-key"
    access_key_secret: str = "emulator-secret"  # noqa: S105  # It protects nothing.
    lag: Lag = OF_THE_SERVICE
    build: Lag | None = None
    secondary_lag: Lag = OF_SECONDARY
    has_transactions: bool = True
    seed: int | None = None
    limits: Limits = field(default_factory=Limits)
