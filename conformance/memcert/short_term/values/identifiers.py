"""Hostile identifiers, and pairs of them that some comparison takes for the same.

An identifier is a user, a session, the id of a message or a mark: 1 to 255 characters of any kind
but NUL and lone surrogates (design, section 4, "Values").
"""

from __future__ import annotations

from memcert.short_term.values.texts import TEXTS
from memcert.short_term.values.value import Pair, Value, named

MOST = 255
"""How many characters an identifier may have."""


def is_identifier(text: str) -> bool:
    """Tell whether a text may be an identifier.

    Args:
        text: the text.
    """
    return 1 <= len(text) <= MOST and "\x00" not in text


IDENTIFIERS = named(
    (value for value in TEXTS if is_identifier(value.value)),
    (
        *(
            Value(name, text, "an identifier is taken for a pattern")
            for name, text in (
                ("a star", "*"),
                ("star after a text", "x*"),
                ("question mark after a text", "x?"),
                ("a class", "[x]"),
                ("a negated class", "[^x]"),
                ("an underscore after a text", "x_"),
                ("percent after a text", "x%"),
                ("alternatives", "{x,y}"),
                ("a hash tag of a cluster", "{x}y"),
                ("a regular expression", "^x.*$"),
            )
        ),
        *(
            Value(name, character * MOST, "an identifier of the longest kind is cut or refused")
            for name, character in (
                ("255 letters", "m"),
                ("255 characters of two bytes", "\u00e9"),
                ("255 characters of three bytes", "\u20ac"),
                ("255 characters of four bytes", "\U0001f600"),
            )
        ),
    ),
)
"""Every hostile identifier."""


def _pairs(catches: str, *pairs: tuple[str, str, str]) -> tuple[Pair, ...]:
    return tuple(Pair(name, one, other, catches) for name, one, other in pairs)


PAIRS = (
    *_pairs(
        "case is folded",
        ("case", "m", "M"),
        ("case of all", "mark", "MARK"),
        ("case beyond ASCII", "\u00e9", "\u00c9"),
        ("case of Greek", "\u03c3", "\u03a3"),
        ("final sigma", "\u03c3", "\u03c2"),
        ("case of Cyrillic", "\u0436", "\u0416"),
        ("case of Cherokee", "\uab70", "\u13a0"),
        ("case of Georgian", "\u10d0", "\u1c90"),
        ("case of Deseret", "\U00010428", "\U00010400"),
        ("sharp s and two letters", "\u00df", "ss"),
        ("sharp s and its capital", "\u00df", "\u1e9e"),
        ("dotless i", "\u0131", "i"),
        ("capital I with a dot", "\u0130", "i"),
        ("long s", "\u017f", "s"),
        ("Kelvin sign and K", "\u212a", "K"),
        ("Kelvin sign and k", "\u212a", "k"),
        ("Angstrom sign", "\u212b", "\u00c5"),
        ("Ohm sign", "\u2126", "\u03a9"),
        ("a digraph in title case", "\u01c5", "\u01c6"),
    ),
    *_pairs(
        "Unicode text is brought into a normal form, or accents are left out",
        ("an accent", "e", "\u00e9"),
        ("an accent beyond Latin-1", "m", "\u1e3f"),
        ("a combining accent", "m", "m\u0301"),
        ("composed and not", "\u00e9", "e\u0301"),
        ("composed and not, beyond Latin-1", "\u1e3f", "m\u0301"),
        ("marks in another order", "a\u0301\u0323", "a\u0323\u0301"),
        ("ligature", "\ufb01", "fi"),
        ("full width", "\uff4d", "m"),
        ("a circled digit", "\u2460", "1"),
        ("a superscript", "x\u00b2", "x2"),
        ("digits of another script", "\u0661", "1"),
        ("Hangul", "\uac00", "\u1100\u1161"),
        ("half width", "\uff76", "\u30ab"),
        ("Hiragana and Katakana", "\u304b", "\u30ab"),
        ("a diaeresis and two letters", "\u00e4", "ae"),
        ("a letter of another script", "a", "\u0430"),
        ("a mathematical letter", "\U0001d4b3", "X"),
        ("emoji", "\U0001f600", "\U0001f601"),
        ("variation selector", "\u2764", "\u2764\ufe0f"),
        ("skin tone", "\U0001f44d", "\U0001f44d\U0001f3fb"),
    ),
    *_pairs(
        "blanks, dots or what cannot be seen are left out",
        ("a trailing blank", "m", "m "),
        ("two trailing blanks", "m ", "m  "),
        ("a leading blank", "m", " m"),
        ("a trailing tab", "m", "m\t"),
        ("a trailing line feed", "m", "m\n"),
        ("a trailing carriage return", "m\n", "m\r\n"),
        ("a trailing no-break space", "m", "m\u00a0"),
        ("no-break space and blank", "m n", "m\u00a0n"),
        ("two blanks inside", "m n", "m  n"),
        ("a blank inside", "mn", "m n"),
        ("a trailing dot", "m", "m."),
        ("zero-width space", "mn", "m\u200bn"),
        ("zero-width joiner", "mn", "m\u200dn"),
        ("soft hyphen", "mn", "m\u00adn"),
        ("byte order mark", "m", "\ufeffm"),
        ("a control character", "m", "m\x01"),
        ("a leading zero", "1", "01"),
        ("a plus sign", "1", "+1"),
        ("a decimal point", "1", "1.0"),
        ("hyphen and dash", "m-n", "m\u2010n"),
        ("quotes around", "m", '"m"'),
        ("apostrophes", "m'n", "m\u2019n"),
    ),
    *_pairs(
        "one is a part of the other, and is looked for as such",
        ("a prefix", "m", "mn"),
        ("a suffix", "n", "mn"),
        ("the inside", "n", "mno"),
        ("doubled", "m", "mm"),
        ("a number and a longer one", "m1", "m10"),
        ("in a list with commas", "m", "m,n"),
        ("in a list with bars", "m", "|m|"),
        ("in a JSON list", "m", '["m"]'),
        ("in quotes", "m", "'m'"),
        ("before a colon", "m", "m:n"),
        ("before a slash", "m", "m/n"),
        ("before a line feed", "m", "m\nn"),
        ("before a blank", "m", "m n"),
        ("before a semicolon", "m", "m;n"),
        ("before a unit separator", "m", "m\x1fn"),
    ),
    *_pairs(
        "one is a pattern that the other matches",
        ("LIKE: any character", "m_", "mn"),
        ("LIKE: anything", "m%", "mn"),
        ("LIKE: everything", "%", "m"),
        ("LIKE: escaped", "m\\_", "m_"),
        ("glob: anything", "m*", "mn"),
        ("glob: everything", "*", "m"),
        ("glob: any character", "m?", "mn"),
        ("glob: a class", "[mn]", "m"),
        ("glob: a negated class", "[^n]", "m"),
        ("glob: a range", "[a-z]", "m"),
        ("glob: escaped", "m\\*", "m*"),
        ("alternatives", "{m,n}", "m"),
        ("regular expression: any character", "m.", "mn"),
        ("regular expression: alternatives", "m|n", "m"),
        ("SQL: everything", "m' OR '1'='1", "n"),
        ("a hash tag of a cluster", "{m}", "m"),
        ("two with one hash tag", "{m}a", "{m}b"),
    ),
    *_pairs(
        "one is decoded, or encoded, and becomes the other",
        ("percent code", "a/b", "a%2Fb"),
        ("percent code in small letters", "a%2fb", "a%2Fb"),
        ("percent code of a colon", "a:b", "a%3Ab"),
        ("percent code of a percent sign", "a%b", "a%25b"),
        ("plus and blank", "a+b", "a b"),
        ("entity", "a&b", "a&amp;b"),
        ("backslash", "a\\b", "a\\\\b"),
        ("backslash n", "a\nb", "a\\nb"),
        ("Unicode escape", "\u00e9", "\\u00e9"),
        ("path with dots", "a", "b/../a"),
        ("path with a dot", "a", "./a"),
        ("two slashes", "a/b", "a//b"),
        ("slash and backslash", "a/b", "a\\b"),
        ("a trailing slash", "a", "a/"),
        ("separators of names", "a-b", "a_b"),
        ("colon and dot", "a:b", "a.b"),
        ("blank and underscore", "a b", "a_b"),
        ("null and its text", "None", "null"),
        ("true and its text", "True", "true"),
        ("a quote and two", "a'b", "a''b"),
        ("UTF-8 read as Latin-1", "\u00e9", "\u00c3\u00a9"),
        ("base64", "m", "bQ=="),
        (
            "a UUID without its dashes",
            "01234567-89ab-cdef-0123-456789abcdef",
            "0123456789abcdef0123456789abcdef",
        ),
        (
            "a UUID in capitals",
            "01234567-89ab-cdef-0123-456789abcdef",
            "01234567-89AB-CDEF-0123-456789ABCDEF",
        ),
        ("a number in another base", "16", "0x10"),
        ("a number with an exponent", "100", "1e2"),
        ("a minus sign and a hyphen", "-1", "\u22121"),
        ("a date in another form", "2026-01-01", "2026-01-01 00:00:00"),
        ("yes and true", "yes", "true"),
        ("the punycode of a name", "\u00e9", "xn--9ca"),
    ),
    *(
        Pair(
            f"character {length + 1}",
            "m" * length + "a",
            "m" * length + "b",
            "a name is compared up to some length, or cut",
        )
        for length in (15, 31, 32, 49, 63, 64, 99, 100, 127, 128, 190, 191, 199, 200, 253, 254)
    ),
    *(
        Pair(
            f"length {length}",
            "m" * length,
            "m" * (length + 1),
            "a name is compared up to some length, or cut",
        )
        for length in (63, 64, 100, 127, 128, 191, 253, 254)
    ),
    Pair(
        "character 255 of four bytes each",
        "\U0001f600" * 254 + "a",
        "\U0001f600" * 254 + "b",
        "a name is cut where its bytes exceed a column",
    ),
    Pair(
        "the first character of 255",
        "a" + "m" * 254,
        "b" + "m" * 254,
        "a long name is known by its end, or by a hash of a part",
    ),
    Pair(
        "the middle of 255",
        "m" * 127 + "a" + "m" * 127,
        "m" * 127 + "b" + "m" * 127,
        "a long name is known by a hash of parts",
    ),
)
"""Every pair of identifiers that some comparison takes for one another."""
