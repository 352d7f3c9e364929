"""How texts are cut into tokens, and what is found in them and highlighted."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

ts: Any = pytest.importorskip("tablestore")

from tablestore_emulator.search import dictionary  # noqa: E402
from tablestore_emulator.search.analyzers import MAX_WORD, MIN_WORD  # noqa: E402
from tablestore_emulator.search.errors import SearchError  # noqa: E402

SCORED = ts.Sort([ts.ScoreSort()])


def text_field(analyzer: str | None = None, parameter: Any = None) -> Any:
    return ts.FieldSchema(
        "t",
        ts.FieldType.TEXT,
        analyzer=analyzer,
        analyzer_parameter=parameter,
        enable_highlighting=True,
    )


SINGLE = text_field("single_word")
FUZZY = text_field("fuzzy", ts.FuzzyAnalyzerParameter(2, 4))


@pytest.mark.parametrize(
    ("field", "text", "word", "is_found"),
    [
        (text_field(), "Hang Zhou", "HANG", True),
        (SINGLE, "Hang-Zhou, 杭州", "zhou", True),
        (SINGLE, "杭州", "州", True),
        (SINGLE, "iPhone6", "iphone6", True),
        (SINGLE, "iPhone6", "iphone", False),
        (SINGLE, "snake_case", "snake", True),
        (text_field("single_word", ts.SingleWordAnalyzerParameter(True)), "Hang", "hang", False),
        (text_field("single_word", ts.SingleWordAnalyzerParameter(True)), "Hang", "Hang", True),
        (
            text_field("single_word", ts.SingleWordAnalyzerParameter(False, True)),
            "iPhone6",
            "iphone",
            True,
        ),
        (text_field("max_word"), "one, two", "two", True),
        (text_field("max_word"), "菊花茶", "花茶", True),
        (text_field("max_word"), "菊花茶", "花", False),
        (text_field("max_word"), "Wild菊花, 2 cups", "wild", True),
        (text_field("max_word"), "かな菊花", "な", True),
        # A character that is in no word is one.
        (text_field("max_word"), "苕溪边上", "苕", True),
        (text_field("max_word"), "哈哈哈哈", "哈哈", True),
        (text_field("min_word"), "梨花茶", "茶", True),
        (text_field("min_word"), "菊花茶", "菊花茶", True),
        (text_field("min_word"), "菊花茶", "花茶", False),
        (text_field("split"), "a-b c", "a-b", True),
        (text_field("split"), "a-b c", "a", False),
        (text_field("split", ts.SplitAnalyzerParameter(",")), "a b,C", "a b", True),
        (text_field("split", ts.SplitAnalyzerParameter(",")), "a b,C", "c", True),
        (text_field("split", ts.SplitAnalyzerParameter("\\#")), "a#b", "b", True),
        (FUZZY, "phone", "hon", True),
        (FUZZY, "phone", "HO", True),
        (FUZZY, "phone", "h", False),
        (FUZZY, "x" * 1023 + "ab", "ab", False),
        (FUZZY, "x" * 1022 + "ab", "ab", True),
    ],
)
def test_words_of_a_text(searched: Any, field: Any, text: str, word: str, is_found: bool) -> None:
    index = searched([field])
    index.put(1, t=text)

    assert bool(index.keys(ts.MatchQuery("t", word))) is is_found
    assert bool(index.keys(ts.MatchPhraseQuery("t", word))) is is_found


@settings(deadline=None, max_examples=200)
@given(texts=st.lists(st.text("abAB ", max_size=8), max_size=8), piece=st.text("ab ", max_size=6))
def test_a_fuzzy_phrase_is_a_piece_of_the_text(searched: Any, texts: list[str], piece: str) -> None:
    index = searched([FUZZY])
    index.fill({number: {"t": text} for number, text in enumerate(texts)})

    phrase = [
        number for number, text in enumerate(texts) if len(piece) >= 2 and piece in text.lower()
    ]
    assert index.keys(ts.MatchPhraseQuery("t", piece)) == phrase
    is_token = 2 <= len(piece) <= 4
    assert index.keys(ts.TermQuery("t", piece)) == (phrase if is_token else [])
    some = [
        number
        for number, text in enumerate(texts)
        if any(piece[at : at + 2] in text.lower() for at in range(len(piece) - 1))
    ]
    assert index.keys(ts.MatchQuery("t", piece)) == some


@pytest.mark.parametrize(
    ("phrase", "slop", "keys"),
    [
        ("quick fox", None, []),
        ("quick brown", None, [1]),
        ("quick fox", 1, [1]),
        ("fox quick", 2, []),
        ("fox quick", 3, [1]),
        ("brown quick", 2, [1]),
        ("fox fox", 5, []),
        ("the quick brown fox", 0, [1]),
        ("...", 0, []),
    ],
)
def test_phrases_and_how_far_their_words_may_be_apart(
    searched: Any, phrase: str, slop: int | None, keys: list[int]
) -> None:
    index = searched([SINGLE])
    index.fill({1: {"t": "The quick brown fox"}, 2: {"t": "fox, brown"}})

    assert index.keys(ts.MatchPhraseQuery("t", phrase, slop=slop)) == keys


def test_no_phrase_reaches_from_one_text_of_an_array_into_the_next(searched: Any) -> None:
    index = searched([ts.FieldSchema("t", ts.FieldType.TEXT, is_array=True)])
    index.put(1, t='["red green", "blue"]')

    assert index.keys(ts.MatchPhraseQuery("t", "red green")) == [1]
    assert index.keys(ts.MatchPhraseQuery("t", "green blue")) == []
    assert index.keys(ts.MatchQuery("t", "green blue", operator=ts.QueryOperator.AND)) == [1]


def test_terms_prefixes_ranges_and_wildcards_are_of_tokens(searched: Any) -> None:
    index = searched([SINGLE])
    index.fill({1: {"t": "Hello World"}, 2: {"t": "help"}, 3: {"t": "world"}})

    assert index.keys(ts.TermQuery("t", "hello")) == [1]
    assert index.keys(ts.TermQuery("t", "Hello")) == []
    assert index.keys(ts.TermsQuery("t", ["help", "world"])) == [1, 2, 3]
    assert index.keys(ts.PrefixQuery("t", "hel")) == [1, 2]
    assert index.keys(ts.WildcardQuery("t", "w*d")) == [1, 3]
    assert index.keys(ts.RangeQuery("t", "hello", "help", include_upper=False)) == [1]
    assert index.keys(ts.ExistsQuery("t")) == [1, 2, 3]


def test_what_says_more_of_a_word_is_more_relevant(searched: Any) -> None:
    index = searched([SINGLE])
    index.fill(
        {
            1: {"t": "red " + "filler " * 30},
            2: {"t": "red red"},
            3: {"t": "red"},
            4: {"t": "rare red"},
            5: {"t": "red green"},
        }
    )

    assert index.keys(ts.MatchQuery("t", "red"), sort=SCORED)[-1] == 1
    assert index.keys(ts.MatchQuery("t", "red rare"), sort=SCORED)[0] == 4
    weighted = ts.BoolQuery(
        should_queries=[ts.MatchQuery("t", "rare"), ts.MatchQuery("t", "green", weight=10)]
    )
    assert index.keys(weighted, sort=SCORED) == [5, 4]


def highlights(index: Any, query: Any, **options: Any) -> dict[int, list[str]]:
    parameter = ts.HighlightParameter("t", **options)
    answer = index.answer(query, highlight=ts.Highlight([parameter]))
    return {
        hit.row[0][0][1]: [
            fragment
            for field in hit.highlight_result.highlight_fields
            for fragment in field.field_fragments
        ]
        for hit in answer.search_hits
    }


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (ts.MatchQuery("t", "fox red"), "The <em>red</em> Fox-trot; a <em>fox</em>"),
        (ts.MatchPhraseQuery("t", "a fox"), "The red Fox-trot; <em>a</em> <em>fox</em>"),
        (ts.MatchPhraseQuery("t", "fox red", slop=9), "The <em>red</em> Fox-trot; a <em>fox</em>"),
        (ts.TermQuery("t", "red"), "The <em>red</em> Fox-trot; a fox"),
        (ts.TermsQuery("t", ["red", "the"]), "<em>The</em> <em>red</em> Fox-trot; a fox"),
        (ts.PrefixQuery("t", "tr"), "The red Fox-<em>trot</em>; a fox"),
        (ts.WildcardQuery("t", "t?e"), "<em>The</em> red Fox-trot; a fox"),
        (ts.RangeQuery("t", "red", "red", True, True), "The <em>red</em> Fox-trot; a fox"),
        (
            ts.BoolQuery([ts.TermQuery("t", "red")], [ts.TermQuery("t", "blue")]),
            "The <em>red</em> Fox-trot; a fox",
        ),
    ],
)
def test_what_a_query_found_is_marked(searched: Any, query: Any, text: str) -> None:
    index = searched([SINGLE])
    index.put(1, t="The red Fox-trot; a fox")

    text = text.replace("Fox-trot", "<em>Fox</em>-trot") if "fox" in str(vars(query)) else text
    if isinstance(query, ts.MatchPhraseQuery) and query.slop is None:
        text = text.replace("<em>Fox</em>", "Fox")
    assert highlights(index, query) == {1: [text]}


def test_a_piece_that_a_fuzzy_query_found_is_marked_once(searched: Any) -> None:
    index = searched([FUZZY])
    index.put(1, t="telephone")

    assert highlights(index, ts.MatchPhraseQuery("t", "PHON")) == {1: ["tele<em>phon</em>e"]}


def test_fragments_tags_and_order(searched: Any) -> None:
    index = searched([SINGLE])
    index.put(1, t="red ......" + "x" * 9 + " red & red." + "a red cut")
    query = ts.MatchQuery("t", "red")

    assert highlights(index, query, fragment_size=10) == {
        1: ["<em>red</em> ......", "<em>red</em> & <em>red</em>.", "a <em>red</em> cut"]
    }
    assert highlights(index, query, fragment_size=10, number_of_fragments=1) == {
        1: ["<em>red</em> ......"]
    }
    by_score = ts.HighlightFragmentOrder.SCORE
    found = highlights(index, query, fragment_size=10, fragments_order=by_score, pre_tag="<b>")
    assert found[1][0] == "<b>red</em> & <b>red</em>."
    assert highlights(index, ts.MatchAllQuery()) == {1: []}


def test_a_word_that_a_fragment_cuts_is_not_marked(searched: Any) -> None:
    index = searched([SINGLE])
    index.put(1, t="green blue")

    assert highlights(index, ts.MatchQuery("t", "blue green"), fragment_size=7) == {
        1: ["<em>green</em> b"]
    }


def test_html_is_escaped_if_that_is_asked_for(searched: Any) -> None:
    index = searched([SINGLE])
    index.put(1, t="<i>red</i> & blue")
    highlight = ts.Highlight([ts.HighlightParameter("t")], ts.HighlightEncoder.HTML_MODE)

    answer = index.answer(ts.MatchQuery("t", "red"), highlight=highlight)
    fragments = answer.search_hits[0].highlight_result.highlight_fields[0].field_fragments
    assert list(fragments) == ["&lt;i&gt;<em>red</em>&lt;/i&gt; &amp; blue"]


def test_a_phrase_in_a_field_of_max_words_is_not_marked(searched: Any) -> None:
    index = searched([text_field("max_word")])
    index.put(1, t="red fox")

    assert highlights(index, ts.MatchPhraseQuery("t", "red fox")) == {1: []}
    assert highlights(index, ts.MatchQuery("t", "red")) == {1: ["<em>red</em> fox"]}


@pytest.mark.parametrize(
    "options",
    [
        {"field_name": "plain"},
        {"field_name": "nothing"},
        {"field_name": "t", "fragment_size": 0},
        {"field_name": "t", "number_of_fragments": -1},
        {"field_name": "t", "pre_tag": "[b]"},
    ],
)
def test_a_bad_highlight_is_refused(searched: Any, options: dict[str, Any]) -> None:
    index = searched([SINGLE, ts.FieldSchema("plain", ts.FieldType.TEXT)])
    highlight = ts.Highlight([ts.HighlightParameter(**options)])

    with pytest.raises(SearchError):
        index.hits(ts.MatchAllQuery(), highlight=highlight)


@pytest.mark.parametrize("analyzer", ["max_word", "min_word"])
def test_without_a_dictionary_each_character_is_a_word_and_a_line_says_so(
    searched: Any,
    analyzer: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(dictionary, "find_spec", lambda name: None)
    dictionary._dictionary.cache_clear()
    try:
        index = searched([text_field(analyzer)])
        index.put(1, t="菊花茶")
        index.put(2, t="花")
        assert index.keys(ts.MatchQuery("t", "梨花")) == [1, 2]
        assert [record.getMessage() for record in caplog.records] == [dictionary.MISSING]
    finally:
        dictionary._dictionary.cache_clear()


@settings(deadline=None, max_examples=200)
@given(text=st.text("菊花茶是一款大部分人都适合哈苕", max_size=20))
def test_the_words_of_a_chinese_text_are_where_they_are_said_to_be(text: str) -> None:
    for analyzer in (MAX_WORD, MIN_WORD):
        tokens = list(analyzer.tokens(text))
        assert all(text[it.start : it.end] == it.text for it in tokens)
        assert {place for it in tokens for place in range(it.start, it.end)} == set(
            range(len(text))
        )
        assert [(it.start, it.end) for it in tokens] == sorted(
            {(it.start, it.end) for it in tokens}
        )
