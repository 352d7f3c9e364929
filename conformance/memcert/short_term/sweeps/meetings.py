"""Sweeps of operations that run at the same time: every pair, in the orders that matter most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations_with_replacement, product
from typing import NamedTuple

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Client, Program, SpaceName, Step
from memcert.engine.programs.swept import Swept
from memcert.short_term.messages import Message
from memcert.short_term.operations import (
    Add,
    Clear,
    Delete,
    DeleteByMark,
    Read,
    Size,
    Summarise,
    UpdateMarks,
)
from memcert.short_term.state_operations import Export, Import
from memcert.short_term.values.states import entry
from memcert_reference.state import SUMMARY_KEY


class TwoForms(NamedTuple):
    """An operation as one client does it, and as another does who means the same messages."""

    one: Operation
    other: Operation


_A, _B, _C = (Message(f"m{number}") for number in range(3))

FILLED: tuple[Operation, ...] = (Add((_A, _B), ("a", "b")), Summarise("before"))

ADDITIONS: dict[str, TwoForms] = {
    "add a message": TwoForms(Add((_C,), alone=True), Add((_C,), ("c",), alone=True)),
    "add a list": TwoForms(
        Add((_C, Message("m3"), _A), ("c",)), Add((Message("m3"), Message("m4"), _C))
    ),
}

DELETIONS: dict[str, TwoForms] = {
    "delete": TwoForms(Delete(("m0", "m2")), Delete(("m1", "m0"))),
    "delete_by_mark": TwoForms(DeleteByMark(("a",)), DeleteByMark(("a", "none"))),
    "clear": TwoForms(Clear(), Clear()),
}

MARKINGS: dict[str, TwoForms] = {
    "mark ids": TwoForms(UpdateMarks("d", ids=("m0", "m1")), UpdateMarks("e", ids=("m1", "m0"))),
    "mark all": TwoForms(UpdateMarks("f"), UpdateMarks("g")),
    "replace a mark": TwoForms(UpdateMarks("h", "a"), UpdateMarks("i", "a")),
    "remove a mark": TwoForms(UpdateMarks(None, "a"), UpdateMarks(None, "b")),
}

SUMMARIES: dict[str, TwoForms] = {
    "summary": TwoForms(Summarise("s" * 300), Summarise("t")),
    "no summary": TwoForms(Summarise(""), Summarise("")),
}

LOOKS: dict[str, TwoForms] = {
    "read": TwoForms(Read(), Read()),
    "read a mark": TwoForms(Read("a", "d"), Read("c")),
    "size": TwoForms(Size(), Size()),
}

FORMS: dict[str, TwoForms] = ADDITIONS | DELETIONS | MARKINGS | SUMMARIES | LOOKS
"""Every operation that every memory has, as each of two clients does it."""

EXTENSIONS: dict[str, TwoForms] = {
    "import": TwoForms(
        Import({SUMMARY_KEY: "i", "content": [entry("m1", ("c",)), entry("m5")]}),
        Import({SUMMARY_KEY: "j", "content": [entry("m6"), entry("m0", ("a",))]}),
    ),
    "export": TwoForms(Export(5), Export(6)),
}
"""Every operation of the extension."""

_LONG = 60
"""More awaits than an operation has; who waits for the other loses its turns."""

SCHEDULES: dict[str, tuple[int, ...]] = {
    "as they run": (),
    "await by await": (0, 1) * 12,
    **{
        f"{who} stops after {awaits}": (branch,) * awaits + (1 - branch,) * _LONG
        for branch, who in enumerate(("one", "the other"))
        for awaits in (1, 3, 6)
    },
}
"""Whose turn it is: each of the two stops after its first, third or sixth await for the other."""

FEW = {
    when: SCHEDULES[when]
    for when in ("as they run", "await by await", "one stops after 1", "the other stops after 1")
}
"""Those of the schedules that are tried with every pair."""


def _connected(
    clients: Sequence[Client], filled: Sequence[Operation], fresh_store: bool = False
) -> Sequence[Step]:
    """Return reads by which clients connect, so that few awaits are left to meet at."""
    if fresh_store or len(clients) == 1:
        return []
    # The first one has, if it has filled the memory.
    return [Step(Read(), number) for number in range(1 if filled else 0, len(clients))]


def _met(
    pairs: Iterable[tuple[str, str]],
    clients: Sequence[Client],
    schedules: dict[str, tuple[int, ...]],
    *,
    filled: Sequence[Operation] = FILLED,
    in_order: bool = False,
    fresh_store: bool = False,
) -> Sequence[Swept]:
    swept = []
    for (first, second), (when, schedule) in product([*pairs], schedules.items()):
        forms = FORMS | EXTENSIONS
        branches = (
            (Step(forms[first].one, 0),),
            (Step(forms[second].other, 1 % len(clients)),),
        )
        program = Program(
            (*map(Step, filled), *_connected(clients, filled, fresh_store)),
            clients=tuple(clients),
            branches=branches,
            schedule=schedule,
            in_order=in_order,
            fresh_store=fresh_store,
        )
        swept.append(
            Swept(
                program,
                (f"{first} and {second}: {when}",),
                long=when not in ("await by await", "one stops after 1"),
            )
        )
    return swept


def _pairs(forms: Iterable[str]) -> Sequence[tuple[str, str]]:
    return [*combinations_with_replacement(forms, 2)]


def _changing(pairs: Iterable[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    """Return the pairs of which one at least changes something."""
    looks = {*LOOKS, "export"}
    return [pair for pair in pairs if not set(pair) <= looks]


ALL = (*FORMS, *EXTENSIONS)


TWO = (Client(), Client())


def on_one_memory() -> Sequence[Swept]:
    """Sweep every pair on one memory, in the order of their starts (CON-01)."""
    # Who starts first comes first, so that each order is a pair of its own. What waits for the
    # other cannot take its turn, and the schedule is short.
    pairs = _changing([*product(ALL, ALL)])
    changes = [pair for pair in pairs if not set(pair) & {*LOOKS, "export"}]
    return [
        *_met(pairs, (Client(),), {"as they run": ()}, in_order=True),
        *_met(changes, (Client(),), {"in turns": (0, 1, 0, 1)}, in_order=True),
        *(
            Swept(
                Program(
                    tuple(map(Step, FILLED)),
                    branches=tuple((Step(each),) for each in (look.one, FORMS[name].one, other)),
                    in_order=True,
                ),
                (f"{what}, {name} and another look: as they run",),
            )
            for what, look in LOOKS.items()
            for name in (*ADDITIONS, *DELETIONS, *MARKINGS)
            for other in (look.other,)
        ),
    ]


def of_two_clients() -> Sequence[Swept]:
    """Sweep every pair of two clients (CON-02)."""
    # Who reads the summary and the messages apart is seen by two changes in between.
    between = {
        f"{name}, and then {then}, and {look}": (
            (Step(FORMS[name].one, 0), Step(FORMS[then].one, 0)),
            (Step((FORMS | EXTENSIONS)[look].one, 1),),
        )
        for name, then in (("summary", "add a list"), ("no summary", "clear"))
        for look in ("read", "export")
    }
    return [
        *_met(_changing(_pairs(ALL)), TWO, FEW),
        *_of_branches(between, filled=FILLED),
    ]


def of_two_processes() -> Sequence[Swept]:
    """Sweep every pair of two processes, as they run (CON-03)."""
    clients = (Client(process=True), Client(process=True))
    return _met(_changing(_pairs(ALL)), clients, {"as they run": ()})


def first_of_all() -> Sequence[Swept]:
    """Sweep every pair as the first use of a database (CON-04)."""
    pairs = dict.fromkeys((name, other) for name in FORMS for other in ("add a list", name))
    processes = (Client(process=True), Client(process=True))
    return [
        *_met(pairs, TWO, {"as they run": ()}, filled=(), fresh_store=True),
        # What one process keeps others from is open to another one.
        *_met(pairs, processes, {"as two processes run": ()}, filled=(), fresh_store=True),
    ]


def of_one_message() -> Sequence[Swept]:
    """Sweep additions of the same messages (CON-05)."""
    forms = {
        "a message": Add((_A,), alone=True),
        "a message with a mark": Add((_A,), ("a",), alone=True),
        "a list": Add((_A, _B), ("b",)),
        "a list in another order": Add((_B, _A)),
    }
    return _of_branches(
        {
            f"add {first} and {second}": ((Step(forms[first], 0),), (Step(forms[second], 1),))
            for first, second in combinations_with_replacement(forms, 2)
        }
    )


def of_other_messages() -> Sequence[Swept]:
    """Sweep additions of messages that nobody else adds, one after the other (CON-06)."""

    def adds(who: int, form: str) -> tuple[Step, ...]:
        ids = [Message(f"c{who}m{number}") for number in range(4)]
        parts = [ids[:1], ids[1:2], ids[2:3]] if form == "messages" else [ids[:2], ids[2:]]
        return tuple(Step(Add(tuple(part), alone=form == "messages"), who) for part in parts)

    deletions = [*DELETIONS, *MARKINGS]
    return [
        *_of_branches(
            {
                f"add {first} and {second}": (adds(0, first), adds(1, second))
                for first, second in combinations_with_replacement(("messages", "lists"), 2)
            }
        ),
        *_of_branches(
            {
                f"add lists and {name}": (adds(0, "lists"), (Step(FORMS[name].one, 1),))
                for name in deletions
                if name != "clear"
            },
            filled=FILLED,
        ),
    ]


def looks_at_batches() -> Sequence[Swept]:
    """Sweep looks during changes of several messages (CON-07)."""
    ids = tuple(f"m{number}" for number in range(4))
    new = tuple(Message(f"n{number}") for number in range(4))
    changes = {
        "add": Add(new, ("a", "b")),
        "delete": Delete(ids),
        "delete_by_mark": DeleteByMark(("a",)),
        "clear": Clear(),
        "mark": UpdateMarks("c", ids=ids),
        "replace a mark": UpdateMarks("c", "a"),
    }
    looks = {
        "read": Read(),
        "read a mark": Read("a"),
        "read a new mark": Read("c"),
        "leave a mark out": Read(exclude="b"),
        "size": Size(),
    }
    return _of_branches(
        {
            f"{change} and {look}": ((Step(changes[change], 0),), (Step(looks[look], 1),))
            for change, look in product(changes, looks)
        },
        filled=(Add(tuple(map(Message, ids)), ("a", "b")),),
    )


def of_marks() -> Sequence[Swept]:
    """Sweep pairs of changes of marks, and of deletions (CON-08)."""
    others = [*MARKINGS, "delete", "delete_by_mark"]
    return _met([pair for pair in _pairs(others) if set(pair) & set(MARKINGS)], TWO, SCHEDULES)


def of_summaries() -> Sequence[Swept]:
    """Sweep pairs of changes of the summary, and of others (CON-09)."""
    others = [*SUMMARIES, *ADDITIONS, "delete", "clear"]
    return _met([pair for pair in _pairs(others) if set(pair) & set(SUMMARIES)], TWO, SCHEDULES)


def on_a_pool() -> Sequence[Swept]:
    """Sweep fifty memories on five connections (CON-10)."""
    spaces = tuple(SpaceName(f"u{number}") for number in range(25))
    clients = tuple(Client(number % 25) for number in range(50))
    swept = []
    for name in ("add a list", "delete", "mark all", "summary", "read"):
        form = FORMS[name]
        branches = tuple(
            (Step(Add((Message(f"c{number}"),), ("a",)), number), Step(form.one, number))
            for number in range(50)
        )
        swept.append(
            Swept(
                Program((), spaces, clients, branches=branches, pool=5),
                (f"fifty memories: {name}",),
            )
        )
    return swept


def _of_branches(
    branches: Mapping[str, tuple[tuple[Step, ...], tuple[Step, ...]]],
    filled: Sequence[Operation] = (),
) -> Sequence[Swept]:
    return [
        Swept(
            Program(
                (*map(Step, filled), *_connected(TWO, filled)),
                clients=TWO,
                branches=both,
                schedule=schedule,
            ),
            (f"{name}: {when}",),
            long=when not in ("await by await", "one stops after 1"),
        )
        for (name, both), (when, schedule) in product(branches.items(), SCHEDULES.items())
    ]
