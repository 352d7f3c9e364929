"""Certify memories that are wrong as a user at a terminal would, and try all that is printed.

For each memory (`FILE:NAME`, in this folder; all by default) and each width of the terminal:
`memcert certify` in an empty folder, in a pseudo-terminal; then each printed script, cut out of
the terminal's lines as one would copy it, is run, with that memory and with one that is right,
and each printed `replay` line. Ends with status 1 if anything was not as it must be.
"""

import argparse
import ast
import fcntl
import os
import pty
import re
import select
import shlex
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
CONTROL = "control_sqlite.py:memory"
ALL = f"""{CONTROL}
insert_or_replace.py:memory naive_sqlite.py:naive_sqlite json_file.py:json_file
redis_hashes.py:redis_hashes does_nothing.py:NullMemory hangs_everywhere.py:HangingMemory
blocks_everywhere.py:BusyMemory leaks_threads.py:memory locks_itself.py:locks_itself
raises_everything.py:RaisingMemory no_marks.py:MemoryWithoutMarks no_summary.py:memory
no_summary_raises.py:memory no_state.py:MemoryWithoutState
no_state_raises.py:MemoryWithoutState two_faults.py:memory dict_of_lists.py:dict_of_lists
slow_on_many.py:ListMemory exits.py:ExitingMemory prints.py:memory
""".split()
# These do what they have to; what they leave out, AgentScope's `MemoryBase` lets them leave out.
RIGHT = ("control_", "prints", "no_marks", "no_summary", "no_state")
HEIGHT = 50
OVER = 10  # seconds that a run may take beyond its limit
SOON = 8  # seconds after which one that is said to end is ended
HANG = 26  # seconds after which a pasted script is taken for one that hangs: it says "20 s"

ESCAPE = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|(.)", re.DOTALL)
STYLE = re.compile(r"\x1b\[[0-9;]*m")
CAUSE = re.compile(r"^([A-Z]+-\d+) failed: (.*)$", re.MULTILINE)
HEADING = re.compile(r"^# [A-Z]+-\d+: ")
LAST_LINES = ("asyncio.run(main())", "print(replay(")
MADE_ID = re.compile(r"[0-9a-f]{32}")


def shown(text: str, columns: int) -> list[str]:
    """The lines that a terminal holds after `text`; a line that it broke itself is one line."""
    rows: list[list[str]] = [[]]
    broken = [False]
    row = column = 0

    def down() -> None:
        nonlocal row
        row += 1
        if row == len(rows):
            rows.append([])
            broken.append(False)

    for match in ESCAPE.finditer(text):
        numbers, final, character = match.groups()
        if final == "A":
            row = max(row - int(numbers or 1), len(rows) - HEIGHT, 0)
        elif final == "K" and numbers == "2":
            rows[row], broken[row] = [], False
        elif final == "K":
            del rows[row][column:]
        elif character == "\r":
            column = 0
        elif character == "\n":
            broken[row] = False
            down()
        elif character is None or character < " ":
            continue
        elif unicodedata.combining(character) and column:
            rows[row][column - 1] += character
        else:
            width = 2 if unicodedata.east_asian_width(character) in "WF" else 1
            if column + width > columns:
                broken[row] = True
                down()
                column = 0
            cells = rows[row]
            cells.extend(" " * (column + width - len(cells)))
            cells[column : column + width] = [character, ""][:width]
            column += width
    lines, line = [], ""
    for cells, goes_on in zip(rows, broken, strict=True):
        line += "".join(cells)
        if not goes_on:
            lines.append(line.rstrip())
            line = ""
    return lines


@dataclass
class Run:
    """What a run of certify in a terminal came to."""

    lines: list[str]
    status: int | None  # None: it did not end and was killed
    seconds: float
    first: float | None  # seconds until the first cause
    first_script: float | None  # seconds until the first script was there as a whole


def environment() -> dict[str, str]:
    """Variables as in a shell where the virtual environment is active."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
    return kept | {"PATH": path, "TERM": "xterm-256color"}


def certified(command: list[str], folder: Path, columns: int, patience: float) -> Run:
    """Run `command` in a terminal of so many columns."""
    ours, tty = pty.openpty()
    fcntl.ioctl(tty, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, columns, 0, 0))
    env, started = environment(), time.monotonic()
    process = subprocess.Popen(
        command, stdin=tty, stdout=tty, stderr=tty, cwd=folder, env=env, start_new_session=True
    )
    os.close(tty)
    text, plain = b"", ""
    first = first_script = None
    killed = False
    while True:
        ready, _, _ = select.select([ours], [], [], 0.1)
        now = time.monotonic() - started
        if now > patience and not killed:
            killed = True
            os.killpg(process.pid, 9)
        if ready:
            try:
                piece = os.read(ours, 1 << 16)
            except OSError:
                break
            if not piece:
                break
            text += piece
            plain = STYLE.sub("", (plain + piece.decode(errors="replace"))[-20_000:])
            if first is None and " failed: " in plain:
                first = now
            if first_script is None and any(last in plain for last in LAST_LINES):
                first_script = now
        elif process.poll() is not None:
            break
    status = process.wait()
    seconds = time.monotonic() - started
    os.close(ours)
    (folder / "terminal.raw").write_bytes(text)
    lines = shown(text.decode(errors="replace"), columns)
    (folder / "terminal.txt").write_text("\n".join(lines), encoding="utf-8")
    return Run(lines, None if killed else status, seconds, first, first_script)


def pasted_scripts(lines: list[str]) -> Iterator[str]:
    """Each script, from its heading to its last line, as one would mark it with the mouse."""
    script: list[str] | None = None
    for line in lines:
        if HEADING.match(line):
            script = []
        if script is not None:
            script.append(line)
            if line.startswith(LAST_LINES):
                yield "\n".join(script) + "\n"
                script = None


def claims(script: str) -> tuple[str, str] | None:
    """What a script says is expected, and what it says is observed."""
    found = []
    for word in ("expected", "observed"):
        said = re.findall(rf"^ *# *{word}: (.*)$", script, re.MULTILINE)
        if not said:
            return None
        found.append(said[-1])
    return found[0], found[1]


@dataclass
class Outcome:
    """What a pasted script did."""

    out: str
    error: str
    hung: bool

    def last(self) -> str:
        """The last line that it printed."""
        return (self.out.rstrip().splitlines() or [""])[-1]

    def said(self) -> str:
        """In one line."""
        if self.hung:
            return f"it did not end in {HANG} s"
        return (self.error.rstrip().splitlines() or [self.last() or "nothing was printed"])[-1][
            :200
        ]


def pasted(script: str, folder: Path) -> Outcome:
    """Run `script` as `python pasted.py`."""
    (folder / "pasted.py").write_text(script, encoding="utf-8")
    process = subprocess.Popen(
        ["python", "pasted.py"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=environment(),
        start_new_session=True,
        text=True,
        errors="replace",
    )
    # One that leaks a thread says what it has to say, and does not end.
    hangs = "# observed: did not end" in script
    try:
        out, error = process.communicate(timeout=HANG if hangs else SOON)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        out, error = process.communicate()
        return Outcome(out, error, True)
    if process.returncode and not error:  # sys.exit says nothing
        error = f"SystemExit: {process.returncode}"
    return Outcome(out, error if process.returncode else "", False)


def listed(text: str) -> list[str] | None:
    """The ids of a printed list of messages, or None."""
    if text == "[]":
        return []
    if not text.startswith("[Msg("):
        return None
    return [ast.literal_eval(found) for found in re.findall(r"Msg\(id=('[^']*'|\"[^\"]*\")", text)]


def as_said(claim: str, outcome: Outcome) -> bool:
    """Whether an outcome is what `claim` says."""
    if claim.startswith("did not end"):
        return outcome.hung
    if outcome.hung and not (outcome.out or outcome.error):
        return False
    if raised := re.match(r"raised ([\w.]+)(?:: (.{0,20}))?", claim):
        lines = [line for line in outcome.error.splitlines() if re.match(r"[\w.]+(:|$)", line)]
        last = lines[-1] if lines else ""
        kind, _, message = last.partition(":")
        return kind.rsplit(".")[-1] == raised[1].rsplit(".")[-1] and (
            (raised[2] or "").strip("\"'")[:15] in message
        )
    if outcome.error:
        return False
    if claim == "no error":
        return True
    last, said = outcome.last(), claim.removeprefix("returned ")
    if items := re.match(r"(\d+) items?: (.*)$", said):
        ids = listed(last)
        if ids is None or len(ids) != int(items[1]):
            return False
        named = re.findall(r"'((?:[^'\\]|\\.)*)'", items[2])
        return all(MADE_ID.fullmatch(one) or one in ids for one in named)
    if field := re.match(r"with \[(\d+)\]\['(\w+)'\] == (.*)$", said):
        messages = last.split("Msg(")[1:]
        return len(messages) > int(field[1]) and f"{field[2]}={field[3]}" in messages[int(field[1])]
    if with_part := re.match(r"with .* == (.*)$", said):
        return with_part[1] in last
    if re.match(r"\['", said):
        return listed(last) == list(re.findall(r"'((?:[^'\\]|\\.)*)'", said))
    return last == said


def wrong_with(script: str, memory: str, folder: Path, right: bool) -> list[str]:
    """What is wrong with a printed script: with its own memory, and if `right` with a right one."""
    said = claims(script)
    heading = script.splitlines()[0][2:][:60]
    if said is None:
        return [f"script {heading!r}: does not say what is expected and observed"]
    expected, observed = said
    outcome = pasted(script, folder)
    wrong = []
    if "print(replay(" in script:
        if f"expected: {expected[:60]}" not in outcome.out:
            wrong.append(f"script {heading!r}: says {said}, came: {outcome.said()}")
        return wrong
    if not as_said(observed, outcome):
        wrong.append(f"script {heading!r}: observed {observed[:100]!r}, came: {outcome.said()}")
    if as_said(expected, outcome):
        wrong.append(f"script {heading!r}: what is expected came: {expected[:100]!r}")
    if right:
        other = pasted(script.replace(memory, f"{HERE / CONTROL}"), folder)
        if not as_said(expected, other):
            wrong.append(
                f"script {heading!r}: with a right memory not {expected[:100]!r}: {other.said()}"
            )
    return wrong


def wrong_replays(lines: list[str], folder: Path) -> Iterator[str]:
    """What is wrong with the `replay` lines: those printed at once, and those of the summary."""
    found = [line for line in lines if re.match(r"^ +(replay: )?memcert replay ", line)]
    commands = [line.strip().removeprefix("replay: ") for line in found]
    summary = [line.strip() for line in found if not line.lstrip().startswith("replay: ")]
    env = environment()
    for command in dict.fromkeys(commands):
        words = shlex.split(command)
        if summary.count(command) > 1:
            yield f"{summary.count(command)} causes of the summary have the same line: {command}"
        try:
            done = subprocess.run(
                words, cwd=folder, env=env, capture_output=True, text=True, timeout=90, check=False
            )
        except subprocess.TimeoutExpired:
            yield f"90 s were not enough for {command}"
            continue
        if done.returncode != 1:
            yield f"status {done.returncode} of {command}: {(done.stdout + done.stderr)[-200:]!r}"


def counts_wrong(lines: list[str]) -> Iterator[str]:
    """What does not add up in the last lines."""
    text = "\n".join(lines)
    rules = re.search(r"^  rules  (.*)$", text, re.MULTILINE)
    if rules is None:
        yield "no line that counts the rules"
    elif sum(int(number) for number in re.findall(r"(\d+) [a-z]", rules[1])) != 138:
        yield f"not 138 rules: {rules[1]}"
    said = re.search(r"^(\d+) causes?, what hurts most first", text, re.MULTILINE)
    printed = len(CAUSE.findall(text))
    merged = re.search(r"^(\d+) of the causes? above w", text, re.MULTILINE)
    if (int(said[1]) if said else 0) + (int(merged[1]) if merged else 0) != printed:
        yield f"{printed} causes were printed, and the summary says {said[1] if said else 0}"


def say(line: str) -> None:
    """Print a line at once, to a pipe as well."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def tried(memory: str, columns: int, options: argparse.Namespace) -> bool:
    """Try one memory at one width; whether all was as it must be."""
    folder = Path(
        tempfile.mkdtemp(prefix=f"{memory.partition('.')[0]}-{columns}-", dir=options.keep)
    )
    backend = f"{HERE / memory}"
    command = ["memcert", "certify", backend, "--time-limit", str(options.time_limit)]
    run = certified(
        [*command, "--effort", options.effort], folder, columns, options.time_limit + 2 * OVER
    )
    causes = CAUSE.findall("\n".join(run.lines))
    wrong = []
    if run.status is None or run.seconds > options.time_limit + OVER:
        wrong.append(f"not ended within the limit + {OVER} s")
    cut_off = run.seconds > options.time_limit  # then not everything was run, and nothing is shown
    if run.status != (0 if memory.startswith(RIGHT) and not cut_off else 1):
        wrong.append(f"exit status {run.status}")
    if causes and (run.first_script is None or run.first_script > OVER):
        wrong.append(f"the first cause came after {run.first_script} s")
    wrong.extend(counts_wrong(run.lines))
    scripts = list(pasted_scripts(run.lines))
    if len(scripts) != len(causes):
        wrong.append(f"{len(causes)} causes, but {len(scripts)} scripts")
    for script in scripts:
        wrong.extend(wrong_with(script, backend, folder, options.right))
    wrong.extend(wrong_replays(run.lines, folder))
    first = "-" if run.first is None else f"{run.first:.1f} s"
    say(
        f"{memory:36} {columns:3} columns: first {first}, all {run.seconds:.1f} s, "
        f"status {run.status}, {len(causes)} causes, {len(scripts)} scripts, "
        f"{len(wrong)} wrong ({folder})"
    )
    for line in wrong:
        say(f"    {line}")
    return not wrong


def main() -> int:
    """Try the memories of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("memories", nargs="*", default=ALL, metavar="FILE:NAME")
    parser.add_argument("--columns", type=int, nargs="+", default=[60, 80, 200])
    parser.add_argument("--effort", default="quick", choices=["quick", "standard", "thorough"])
    parser.add_argument("--time-limit", type=int, default=60)
    parser.add_argument("--keep", type=Path, help="an existing folder for the runs' folders")
    parser.add_argument(
        "--right", action="store_true", help="run the scripts with a right memory as well"
    )
    options = parser.parse_args()
    good = [
        tried(memory, columns, options)
        for memory in options.memories
        for columns in options.columns
    ]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
