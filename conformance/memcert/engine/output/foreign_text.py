"""Text that others wrote, made safe for where it is shown.

What a backend raises, a server answers, a file is called or a certificate says may hold anything:
sequences that a terminal obeys, commands of a CI's log, Markdown, HTML, the password in a URL.
Whatever prints or writes such text takes it through here; what it holds is then seen, and does
nothing.
"""

from __future__ import annotations

import re
import unicodedata

from memcert_backends.url_secrets import without_secrets

_CONTROL = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Categories of characters that are not seen: controls, directions of writing, surrogates."""

_JOINERS = "\u200c\u200d"  # They are part of words and of emoji.

# What a CI's log takes for a command: GitHub's ::error:: where a line begins, and anywhere what it
# had before, Azure's ##vso[...] and ##[...], and TeamCity's. Brackets before it are of the console.
_AT_START = re.compile(r"^((?:[^\S\n]|\\?\[[^\]\n]*\])*):(?=:)", re.MULTILINE)
_ANYWHERE = re.compile(r"##(?=(?:vso|teamcity)?\\*\[)")
# GitLab's begin and end of a section; what follows them is a carriage return.
_SECTION = re.compile(r"\b(section_(?:start|end)):(?=\d)")

# What makes a file be read in another encoding: https://peps.python.org/pep-0263/
_CODING = re.compile(r"coding([:=])")

# What means something within a line of Markdown, GitHub's links without brackets included.
_MARKDOWN = re.compile(r"[\\`*_\[\]{}#|~!$>]")
_REFERENCES = re.compile(r"[<&@]|:(?=//)|(?<=www)\.", re.IGNORECASE)


def visible(text: str) -> str:
    """Return text that a terminal shows as it is, and that is no command in a CI's log.

    What is not seen is written as Python would write it.

    Args:
        text: the text, of any number of lines; the secrets of URLs in it are hidden.
    """
    text = "".join(map(_seen, without_secrets(text)))
    text = _AT_START.sub(r"\1\\x3a", text)
    return _SECTION.sub(r"\1\\x3a", source(text))


def one_line(text: str) -> str:
    """Return text as one line, to be shown as `visible` has it.

    Args:
        text: the text; the secrets of URLs in it are hidden.
    """
    return visible(" ".join(text.replace("\r\n", "\n").split("\n")).strip())


def source(text: str) -> str:
    """Return Python source that means the same, and is no command in a CI's log.

    Args:
        text: the source; only what is in its strings and comments is changed.
    """
    return _ANYWHERE.sub(r"#\\x23", text)


def comment(text: str) -> str:
    """Return text for a comment in Python source, in one line.

    Args:
        text: the text; the secrets of URLs in it are hidden.
    """
    return _CODING.sub(lambda found: f"coding{_escape(found[1])}", one_line(text))


def markdown(text: str) -> str:
    """Return text that is nothing but text within a line of Markdown, a heading or a table.

    Args:
        text: the text; what follows at its start, such as ``1.``, is for whoever puts it there.
    """
    text = _MARKDOWN.sub(r"\\\g<0>", one_line(text))
    # Where GitHub would still make a link, a character reference is none:
    # https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references
    return _REFERENCES.sub(lambda found: f"&#{ord(found.group())};", text)


def markdown_block(lines: list[str]) -> list[str]:
    """Return the lines of a block of text in Markdown, which nothing in them ends.

    Args:
        lines: the text; each may be several lines.
    """
    text = visible("\n".join(lines))
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}text", *text.split("\n"), fence]


def xml(text: str) -> str:
    """Return text that XML 1.0 can hold (https://www.w3.org/TR/xml/#charsets), not yet escaped.

    Args:
        text: the text; it is for the attributes and texts of a library that escapes them.
    """
    return "".join(
        character if _is_xml(ord(character)) else _escape(character) for character in visible(text)
    )


def _seen(character: str) -> str:
    if character in "\n\t" or character in _JOINERS:
        return character
    return _escape(character) if unicodedata.category(character) in _CONTROL else character


def _escape(character: str) -> str:
    code = ord(character)
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return f"\\u{code:04x}" if code > 0xFF else f"\\x{code:02x}"


def _is_xml(code: int) -> bool:
    return code in {0x9, 0xA} or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code > 0xFFFF
