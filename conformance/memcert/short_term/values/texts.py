"""Hostile texts, for every place that holds text that nobody compares."""

from __future__ import annotations

from memcert.short_term.values.value import Value, named


def _each(catches: str, **values: str) -> tuple[Value, ...]:
    return tuple(Value(name.replace("_", " "), text, catches) for name, text in values.items())


BLANKS = _each(
    "blanks and dots at an end are trimmed, or empty text is taken for none",
    empty="",
    a_blank=" ",
    leading_blank=" x",
    trailing_blank="x ",
    trailing_blanks="x  ",
    trailing_dot="x.",
    leading_tab="\tx",
    trailing_tab="x\t",
    trailing_no_break_space="x\u00a0",
    trailing_ideographic_space="x\u3000",
    two_blanks_inside="x  x",
    blanks_of_other_kinds="\r\n\t",
)

LINE_ENDS = _each(
    "ends of lines are changed, or text is split at them",
    line_feed="x\nx",
    carriage_return="x\rx",
    both="x\r\nx",
    trailing_line_feed="x\n",
    trailing_carriage_return="x\r",
    leading_line_feed="\nx",
    vertical_tab="x\x0bx",
    form_feed="x\x0cx",
    next_line="x\x85x",
    line_separator="x\u2028x",
    paragraph_separator="x\u2029x",
)

CONTROLS = _each(
    "control characters end the text, or are dropped",
    NUL="\x00",
    NUL_inside="x\x00x",
    NUL_at_the_end="x\x00",
    start_of_heading="x\x01x",
    backspace="x\x08x",
    substitute="x\x1ax",
    escape="x\x1bx",
    unit_separator="x\x1fx",
    delete="x\x7fx",
    byte_order_mark="\ufeffx",
    byte_order_mark_inside="x\ufeffx",
    replacement_character="x\ufffdx",
    a_noncharacter="x\ufffex",
    the_last_noncharacter="x\U0010ffffx",
    private_use="x\ue000x",
    before_the_surrogates="x\ud7ffx",
)

FORMS = _each(
    "Unicode text is brought into one of its normal forms, or case is folded",
    composed="\u00e9",
    decomposed="e\u0301",
    two_marks_in_the_other_order="a\u0301\u0323",
    ligature="\ufb01",
    circled_digit="\u2460",
    superscript="x\u00b2",
    full_width="\uff4d",
    half_width_katakana="\uff76\uff9e",
    hangul_syllable="\uac00",
    hangul_jamo="\u1100\u1161",
    Kelvin_sign="\u212a",
    Angstrom_sign="\u212b",
    Ohm_sign="\u2126",
    sharp_s="\u00df",
    capital_sharp_s="\u1e9e",
    dotless_i="\u0131",
    dotted_capital_I="\u0130",
    long_s="\u017f",
    final_sigma="\u03c2",
    titlecase_digraph="\u01c5",
    Cherokee="\uab70\u13a0",
    Georgian="\u10d0\u1c90",
    capitals="XYZ",
    mixed_case="xYz",
)

INVISIBLE = _each(
    "what cannot be seen is dropped",
    zero_width_space="x\u200bx",
    zero_width_joiner="x\u200dx",
    zero_width_non_joiner="x\u200cx",
    word_joiner="x\u2060x",
    soft_hyphen="x\u00adx",
    variation_selector="x\ufe0fx",
    right_to_left_override="\u202ex",
    tag_character="x\U000e0041x",
    combining_mark_alone="\u0301",
)

WIDE = _each(
    "characters beyond the basic plane are lost, or cut in two",
    four_bytes="\U0001f600",
    four_bytes_inside="x\U0001f600x",
    family="\U0001f468\u200d\U0001f469\u200d\U0001f467",
    flag="\U0001f1e9\U0001f1ea",
    rare_ideograph="\U00020bb7",
    three_bytes="\u20ac",
    two_bytes="\u00ff",
    mathematical_letter="\U0001d4b3",
)

ESCAPES = _each(
    "text is decoded, encoded or put together with other text",
    ampersand_entity="&amp;",
    less_than_entity="&lt;b&gt;",
    numeric_entity="&#120;",
    a_tag="<b>x</b>",
    percent_code="%41",
    percent_of_percent="%2541",
    plus="x+x",
    percent_sign="100%",
    two_percent_signs="%%",
    percent_s="%s",
    percent_name="%(x)s",
    numbered_braces="{0}",
    two_braces="{{x}}",
    dollar="$1 ${x} \\1",
    backslash="\\",
    two_backslashes="\\\\",
    backslash_n="\\n",
    backslash_at_the_end="x\\",
    Unicode_escape="\\u0041",
    escaped_surrogate="\\ud83d",
    hexadecimal_escape="\\x41",
    single_quote="'",
    two_single_quotes="''",
    double_quote='"',
    backtick="`",
    quotes_inside="x'x\"x",
    in_single_quotes="'x'",
    statement="'; DROP TABLE x; --",
    comment="/* x */ -- x",
    question_mark="?",
    colon_name=":x :1 ::x",
    base64="eHg=",
    bytes_in_Python="b'x'",
    path="../x",
    NUL_escape="\\0 \\u0000",
)

SEPARATORS = _each(
    "text is joined with, or split at, some character",
    comma="x,x",
    comma_at_the_end="x,",
    semicolon="x;x",
    bar="x|x",
    colon="x:x",
    two_colons="x::x",
    dash="x-x",
    underscore="x_x",
    slash="x/x",
    dot="x.x",
    hash_sign="x#x",
    equals="x=x",
    tilde="x~x",
    record_separator="x\x1ex",
    group_separator="x\x1dx",
    file_separator="x\x1cx",
)

OTHER_TYPES = tuple(
    Value(
        f"the text {text}",
        text,
        "text that reads as another type becomes one, or is taken for nothing",
    )
    for text in (
        *("yes", "Yes", "no", "on", "off", "y", "n", "~", "1_000", "0x1f", "0o7", "1:30", ".inf"),
        *("<<", "!x", "- x", "x: y", "# x", "@x", "=1+1", "+1", "1,5", "1e400", "-0"),
        "0123456789abcdef0123456789abcdef",
        "01234567-89ab-cdef-0123-456789abcdef",
        "{01234567-89AB-CDEF-0123-456789ABCDEF}",
        "2026-01-01 00:00:00.123456",
        "2026-01-01T00:00:00+05:45",
        "2026-06-30 23:59:60",
        "P1D",
        "http://example.com/?a=1&b=%41#c",
        "127.0.0.1",
        "0",
        "1",
        "-1",
        "0.0",
        "1e3",
        "01",
        "12345678901234567890",
        "2026-01-01",
        "2026-01-01T00:00:00Z",
        "true",
        "True",
        "false",
        "False",
        "null",
        "NULL",
        "nil",
        "None",
        "undefined",
        "NaN",
        "Infinity",
        "[]",
        "{}",
        '["x"]',
        '{"x": 1}',
        '"x"',
        "empty",
    )
)

LENGTHS = (
    *(
        Value(f"{length:,} characters", "x" * length, "text is cut where a column ends")
        for length in (63, 64, 127, 128, 254, 255, 256, 257, 1_024, 4_000, 4_001)
    ),
    *(
        Value(
            f"{length:,} bytes in {length // 4:,} characters",
            "\U0001f600" * (length // 4),
            "text is cut where its bytes exceed a column",
        )
        for length in (252, 256, 1_024)
    ),
)

TEXTS = named(
    (Value("usual", "x", "nothing is stored at all"),),
    BLANKS,
    LINE_ENDS,
    CONTROLS,
    FORMS,
    INVISIBLE,
    WIDE,
    ESCAPES,
    SEPARATORS,
    OTHER_TYPES,
    LENGTHS,
)
"""Every hostile text."""

MAIN_TEXTS = tuple(
    value
    for group in (BLANKS, LINE_ENDS, CONTROLS, FORMS, INVISIBLE, WIDE, ESCAPES, OTHER_TYPES)
    for value in (group if group in (BLANKS, OTHER_TYPES) else group[:5])
)
"""Some texts of each kind, for ways that take each text by itself."""

SIZES = tuple(
    Value(f"{count:,} {what}", unit * (count // len(unit.encode())) + "x" * rest, catches)
    for count, unit, rest, what, catches in (
        *(
            (count, "x", 0, "characters", "text is cut where a column, a packet or a string ends")
            for count in (8_191, 8_192, 16_384, 32_767, 32_768, 65_535, 65_536, 65_537)
        ),
        *(
            (count - 1, "\u20ac", 1, "bytes of wide characters", "bytes are cut inside a character")
            for count in (65_536, 65_539)
        ),
        (1_048_577, "x", 0, "characters", "text is cut at 1 MiB"),
    )
)
"""Texts of many bytes, on both sides of the limits that columns and packets have."""
