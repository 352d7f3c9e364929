"""What is judged, and by what."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf

from memcert.engine.capabilities import Capabilities
from memcert.engine.clients.workers import Workers
from memcert.engine.contract import Contract
from memcert.engine.running.environment import Environment
from memcert_backends.backend import Backend
from memcert_backends.servers import Server


@dataclass(frozen=True)
class Subject:
    """What is judged, and by what.

    Args:
        contract: the contract that brings the model.
        backend: whose memories are opened.
        capabilities: what it can do.
        workers: the other processes that programs ask for.
        server: the running store, if the backend needs one.
        environment: where concurrent runs reach their store.
        patience: the longest that an operation may take before it counts as hanging, in seconds.
    """

    contract: Contract
    backend: Backend
    capabilities: Capabilities
    workers: Workers
    server: Server | None = None
    environment: Environment = field(default_factory=lambda: Environment(None))
    patience: float = inf
