"""What others wrote is seen wherever it is shown, and does nothing there."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import unicodedata
from copy import deepcopy
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt
from rich.markup import escape

from memcert.engine.judging.divergence import Divergence
from memcert.engine.output.foreign_text import markdown, markdown_block, one_line, visible, xml
from memcert.engine.programs.program import Program, Step
from memcert.engine.rule import Consequence, Level
from memcert.engine.verdicts.certificate import (
    Certificate,
    CertifiedBackend,
    CertifiedCause,
    CertifiedCounterexample,
    CertifiedStore,
    CertifiedVerdict,
)
from memcert.engine.verdicts.certificate_json import parse_certificate
from memcert.engine.verdicts.script import script
from memcert.engine.verdicts.verdict import Finding
from memcert.reports.console import show
from memcert.reports.junit import junit
from memcert.reports.markdown import markdown as summary
from memcert.reports.terminal import Terminal
from memcert.short_term import CONTRACT
from memcert.short_term.operations import Clear, Size

KEPT = Path(__file__).parents[3] / "reports" / "redis-embedded.json"

HOSTILE = [
    "plain\n```\n\n# A heading\n\n[a link](https://evil.example) ![x](https://evil.example/x.png)",
    "plain\n``````````\n<script>alert(1)</script>\n<img src=x onerror=alert(1)>\n\n---\n> quote",
    "plain | a | row\n|---|\n~~~\n* list\n1. list\n    code https://evil.example www.evil.example",
    "plain ]]></failure><testcase/> &amp; &#60;script&#62; <!-- --> <![CDATA[",
    "plain \x1b[31mred\x1b]0;title\x07\x1b]8;;https://evil.example\x1b\\link\x9b2J \x1bc\x08\x08",
    "plain \u202egnp.exe\u2066 \u2028 \u2029 \x85 \x0b \x0c \x1c \u00ad \ufeff \U000e0041 \ufffe",
    "plain\n::error file=x::y\n  ::set-output name=a::b\n::stop-commands::t\n::add-mask::e",
    "plain ##[error]x ##vso[task.setvariable]y ##teamcity[buildStop] section_start:1:x\r\x1b[0K",
    "plain \x00 \x01 \r overwritten \r\n\r\n \x1b[2J \t tab",
    "plain lone \ud800 surrogate \udcff",
    "plain redis://user:hunter2@host/0?password=hunter2 password=hunter2 postgresql://u:hunter2@h/d",
    "plain [/bold] [red]markup[/red] [link=https://evil.example]x[/link] :bug: \\[x]",
    "plain coding=utf-16 # -*- coding: utf-7 -*- \"\"\" ''' \\",
]


def _is_inert(text: str) -> None:
    """Assert that a text has nothing in it that a terminal, or the log of a CI job, obeys."""
    for character in text:
        assert character in "\n\t" or unicodedata.category(character) not in {
            "Cc", "Cf", "Cs", "Zl", "Zp",
        }, repr(character)  # fmt: skip
    for line in text.split("\n"):
        assert not line.lstrip().startswith("::")
        assert not re.search(r"##(vso|teamcity)?\[|section_(start|end):\d", line)
    assert "hunter2" not in text


@pytest.mark.parametrize("text", HOSTILE)
def test_in_a_log_it_is_seen(text: str) -> None:
    shown = visible(text)
    _is_inert(shown)
    assert shown.startswith("plain")
    assert shown.count("\n") == text.count("\n")
    assert "\n" not in one_line(text)
    _is_inert(one_line(text))


def test_what_is_harmless_stays_as_it_is() -> None:
    text = "naïve 😀 👩\u200d🚀 日本語 नी\u200cति\tend: a::b [x] #1 \\n"
    assert visible(text) == one_line(text) == text


@pytest.mark.parametrize("terminal", ["0", "1"])
@pytest.mark.parametrize("text", HOSTILE)
def test_what_the_console_prints_is_inert(
    text: str, terminal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", terminal)
    for before, after in (("", ""), ("[bold red]", "[/]"), ("  ", "")):
        for markup in (True, False):
            console = Terminal()
            console.file = io.StringIO()
            console.print(f"{before}{escape(text) if markup else text}{after}", markup=markup)
            # The colours of memcert's own.
            shown = re.sub(r"\x1b\[[0-9;]*m", "", console.file.getvalue())
            _is_inert(shown)
            assert "plain" in shown


class _Tags(HTMLParser):
    """Collects the tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)


def _tags(text: str) -> list[str]:
    # With what GitHub has beside CommonMark; linkify is not installed, so see the next test.
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tags = _Tags()
    tags.feed(parser.render(text))
    return tags.tags


@pytest.mark.parametrize("text", HOSTILE)
def test_in_markdown_nothing_of_it_is_structure(text: str) -> None:
    for around, plain in (
        ("{}", ["p"]),
        ("## x {}", ["h2"]),
        ("- x: {}", ["ul", "li"]),
        ("- **{}**", ["ul", "li", "strong"]),
        ("| a | b |\n|---|---|\n| {} | c |", []),
    ):
        expected = _tags(around.format("plain"))
        assert set(plain) <= set(expected)
        assert _tags(around.format(markdown(text))) == expected
    block = "\n".join(["before", "", *markdown_block([text, text]), "", "after"])
    assert _tags(block) == ["p", "pre", "code", "p"]


def test_what_is_seen_in_markdown_is_the_text() -> None:
    text = "a_b *c* [d](e) <f> & `g` | h ~~i~~ #1 @user https://x.example www.x.example \\ ! $x$"
    shown = MarkdownIt("commonmark").render(markdown(text))
    assert re.sub(r"<[^>]*>", "", shown).replace("&lt;", "<").replace("&gt;", ">").replace(
        "&amp;", "&"
    ).strip() == text  # fmt: skip
    # GitHub makes links and mentions of these without any brackets.
    assert "://" not in markdown(text)
    assert "www." not in markdown(text)
    assert "@" not in markdown(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_xml_can_hold_it(text: str) -> None:
    element = ElementTree.Element("a", b=xml(one_line(text)))
    element.text = xml(text)
    again = ElementTree.fromstring(ElementTree.tostring(element, encoding="unicode"))
    assert again.attrib["b"] == xml(one_line(text))
    assert again.text == xml(text)
    assert not list(again)


PROGRAMS = {
    "plain": Program((Step(Size()), Step(Clear()))),
    "of a trial": Program((Step(Size()),), branches=((Step(Size()),), (Step(Clear()),))),
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
@pytest.mark.parametrize("text", HOSTILE)
def test_in_a_script_it_stays_in_its_comments(text: str, program: Program) -> None:
    def made(text: str) -> str:
        found = Divergence(1, text, text, text) if not program.branches else None
        found = found or Divergence(0, "await memory.size()", text, text)
        return script(program, found, CONTRACT, "reference", title=text)

    source = made(text)
    _is_inert(source)
    # As bytes: what a comment may say of the encoding counts.
    assert ast.dump(ast.parse(source.encode())) == ast.dump(ast.parse(made("plain")))


def test_what_is_in_strings_means_the_same() -> None:
    from memcert.short_term.messages import Message
    from memcert.short_term.operations import Add

    for value in ("##[error]x", "\\##vso[a]", "\n::error::", "\x00\x1b", "a\nb\u202e"):
        program = Program((Step(Add((Message("m0", value),))),))
        source = script(program, None, CONTRACT, "reference")
        _is_inert(source)
        strings = [
            node.value
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        assert value in strings


def _certificate(text: str) -> Certificate:
    program = Program((Step(Size()),)).to_json()
    said = (f"returned {text}", f"raised Bad: {text}")
    example = CertifiedCounterexample(program, 0, "await memory.size()", *said, False, (), 0, False)
    verdict = CertifiedVerdict(
        rule="DEL-01",
        text="A sentence.",
        level=Level.CORE,
        consequence=Consequence.WRONG,
        finding=Finding.FAILED,
        programs=8,
        replayed=2,
        drawn=2,
        cells=3,
        cells_in_all=4,
        operations=80,
        faults=0,
        seconds=0.5,
        reason=text,
        part="",
        counterexample=example,
    )
    cause = CertifiedCause("DEL-01", Consequence.WRONG, ("DEL-01",), ("DEL-02",), text, example)
    return replace(
        parse_certificate(KEPT.read_bytes()),
        backend=CertifiedBackend(
            text, "reference", {"durable": True, "crash": False, "file": True}
        ),
        store=CertifiedStore("redis", "url", text),
        verdicts=(
            verdict,
            replace(verdict, finding=Finding.DEVIATES),
            replace(verdict, finding=Finding.HIDDEN, part=text, counterexample=None),
        ),
        causes=(cause,),
        complaints=(text,),
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_no_report_obeys_it(text: str) -> None:
    certificate, plain = _certificate(text), _certificate("plain")
    before = deepcopy(certificate)
    assert _tags(summary(certificate)) == _tags(summary(plain))
    suite, expected = (
        [element.tag for element in ElementTree.fromstring(junit(each)).iter()]
        for each in (certificate, plain)
    )
    assert suite == expected
    console = Terminal()
    console.file = io.StringIO()
    show(console, certificate)
    _is_inert(console.file.getvalue())
    assert "plain" in console.file.getvalue()
    for report in (summary(certificate), junit(certificate), console.file.getvalue()):
        assert "hunter2" not in report
        report.encode()
    assert certificate == before


MEMORY = """\
from memcert_reference import InMemoryMemory

TEXT = {text}


class Hostile(InMemoryMemory):
    async def delete(self, msg_ids):
        raise RuntimeError(TEXT)


async def wrong(space):
    raise RuntimeError(TEXT)
    yield
"""

ODD_NAME = "a\n::error::b\x1b[31m#`<script>\u202e.py"


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    text = "\n".join(each for each in HOSTILE if "\ud800" not in each) + "\ud800"
    (tmp_path / ODD_NAME).write_text(MEMORY.format(text=ascii(text)))
    (tmp_path / "memories.py").write_text(MEMORY.format(text=ascii(text)))
    return tmp_path


def _memcert(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("name", [ODD_NAME, "memories.py"], ids=["odd name", "plain name"])
def test_a_certification_of_a_hostile_backend(hostile: Path, name: str) -> None:
    asked = ("certify", f"{name}:Hostile", "--effort", "quick", "--rule", "DEL-02")
    done = _memcert(hostile, "-m", "memcert", *asked, "--report-dir", "out")
    assert (done.returncode, done.stderr) == (1, "")
    _is_inert(done.stdout)
    assert "plain" in done.stdout
    text = (hostile / "out" / "summary.md").read_text("utf-8")
    assert set(_tags(text)) <= {
        "h2", "h3", "ul", "li", "p", "pre", "code",
        "table", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    ElementTree.parse(hostile / "out" / "junit.xml")
    source = done.stdout[done.stdout.index("# DEL-02: ") : done.stdout.index("asyncio.run(main())")]
    ast.parse(source)

    (kept,) = (hostile / ".memcert").rglob("DEL-02-*.json")
    odd = kept.with_name("b\nimport os; os.abort()\x00.json".replace("\x00", "\x1b[31m"))
    kept.rename(odd)
    done = _memcert(
        hostile, "-m", "memcert", "replay", str(odd), "--backend", f"{name}:Hostile", "--script"
    )
    assert (done.returncode, done.stderr) == (1, "")
    _is_inert(done.stdout)
    assert "\nimport os" not in done.stdout


def test_a_wrong_question_with_hostile_text_is_one_line(hostile: Path) -> None:
    for name in (
        f"{ODD_NAME}:wrong",
        f"{ODD_NAME}:nothing",
        f"no{ODD_NAME}:x",
        "memories.py:wrong",
    ):
        done = _memcert(hostile, "-m", "memcert", "certify", name)
        assert done.returncode == 2
        _is_inert(done.stdout)
        assert done.stderr.count("\n") == 1
        _is_inert(done.stderr)


def test_the_pytest_plugin_prints_nothing_that_is_obeyed(
    hostile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # pytest's own lines, such as those of -v, begin with a colon or two.
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    options = ("-p", "no:cacheprovider", "--memcert-effort", "quick", "-k", "DEL-02")
    named = ("--memcert-backend", "memories.py:Hostile")
    done = _memcert(hostile, "-m", "pytest", *options, *named)
    assert done.returncode == 1
    assert "plain" in done.stdout
    _is_inert(done.stdout)
    done = _memcert(hostile, "-m", "pytest", *options, "--memcert-backend", "memories.py:wrong")
    assert done.returncode == 2
    _is_inert(done.stdout + done.stderr)
