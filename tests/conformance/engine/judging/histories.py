"""What the tests of histories look for, and with."""

from __future__ import annotations

from collections.abc import Sequence

from memcert.engine.judging.pruning import Ahead
from memcert.short_term.capabilities import ShortTermCapabilities
from memcert.short_term.model import Model
from memcert.short_term.operations import Read, Size

LOOKS = (Read(), Read(mark="a", summary=False, ids_only=True), Size())


class Blind:
    """Pruning by one who foresees nothing."""

    def __init__(self, ahead: Sequence[Ahead]) -> None:
        pass

    def is_dead_end(self, model: Model) -> bool:
        return False

    def key(self, model: Model) -> object:
        return model.fingerprint()


def model() -> Model:
    return Model(ShortTermCapabilities())
