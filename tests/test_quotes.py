"""Where a quote stands in a text."""

from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from corpus_tools.quotes import Miss, locate, locate_in_order, occurrences

# Cased and caseless letters, a digit, a combining mark, white space of two kinds, a letter outside the basic plane.
CHARACTERS = "aAb1\u0301 \n中."
texts = st.text(CHARACTERS, max_size=14)
quotes = st.text(CHARACTERS, min_size=1, max_size=5)


def edges(text: str) -> tuple[str, str]:
    core = text.strip()
    head, _, tail = text.partition(core) if core else (text, "", "")
    return head, tail


def naive_places(text: str, words: str, low: int, high: int) -> list[tuple[int, int]]:
    """Every stretch that has the words of the quote and, at its edges, its white space."""
    wanted = words.split(), edges(words)
    pairs = ((i, j) for i in range(low, high) for j in range(i + 1, high + 1))
    return [(i, j) for i, j in pairs if (text[i:j].split(), edges(text[i:j])) == wanted]


def naive_joined(text: str, border: int) -> bool:
    if not 0 < border < len(text):
        return False
    return text[border] == "\u0301" or (text[border - 1] in "aAb1" and text[border] in "aAb1")


def naive(text: str, words: str, low: int, high: int) -> list[tuple[int, int]]:
    spans = naive_places(text, words, low, high) or naive_places(text, words.strip(), low, high)
    return [s for s in spans if not naive_joined(text, s[0]) and not naive_joined(text, s[1])] or spans


@st.composite
def areas(draw: st.DrawFn) -> tuple[str, int, int]:
    text = draw(texts)
    low, high = sorted(draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    return text, low, high


@given(areas(), quotes)
@example(("a  a a\na a", 0, 10), "a a")
@example(("aaa", 0, 3), "aa")
@example(("ab a.", 0, 5), "a")
@example(("a \n a", 0, 5), " a")
def test_occurrences_are_those_that_a_look_at_every_stretch_finds(area, words):
    text, low, high = area
    assert occurrences(text, words, low, high) == naive(text, words, low, high)


@given(areas(), quotes)
def test_a_quote_that_stands_once_is_found_and_any_other_is_not(area, words):
    text, low, high = area
    spans = naive(text, words, low, high)
    place = locate(text, words, low, high)
    if len(spans) == 1:
        assert place == spans[0]
    else:
        assert isinstance(place, Miss)
        assert place.rule == ("quote-ambiguous" if spans else "quote-missing")


@given(areas(), quotes, st.integers(1, 4))
def test_nth_counts_the_occurrences(area, words, nth):
    text, low, high = area
    spans = naive(text, words, low, high)
    place = locate(text, {"quote": words, "nth": nth}, low, high)
    assert place == spans[nth - 1] if nth <= len(spans) else isinstance(place, Miss) and place.rule == "quote-missing"


@given(areas(), quotes, quotes)
def test_in_narrows_the_search_to_a_context_that_stands_once(area, words, context):
    text, low, high = area
    outer = naive(text, context, low, high)
    place = locate(text, {"quote": words, "in": context}, low, high)
    if len(outer) != 1:
        assert isinstance(place, Miss)
        assert place.rule == "quote-context"
    else:
        inner = naive(text, words, *outer[0])
        assert place == inner[0] if len(inner) == 1 else isinstance(place, Miss) and place.rule.startswith("quote-")


@given(
    st.text(max_size=40),
    st.text(min_size=1, max_size=8),
    st.none() | st.text(min_size=1, max_size=8),
    st.none() | st.integers(1, 3),
)
@example("a\x1b[31mb", "\x1b[31mc", None, None)
def test_any_text_and_quote_give_a_span_with_the_words_or_a_reason_on_one_line(text, words, context, nth):
    quote = {"quote": words} | ({"in": context} if context else {}) | ({"nth": nth} if nth else {})
    place = locate(text, quote, 0, len(text))
    if isinstance(place, Miss):
        assert place.found
        assert place.expected
        assert "".join(place).isprintable()
    else:
        assert text[slice(*place)].split() == words.split()


# ------------------------------------------------------------------------------------------------------ one by one


def found(text: str, quote: str | dict) -> str:
    place = locate(text, quote, 0, len(text))
    assert not isinstance(place, Miss), place
    return text[: place[0]] + "[" + text[place[0] : place[1]] + "]" + text[place[1] :]


def missed(text: str, quote: str | dict) -> tuple[str, ...]:
    place = locate(text, quote, 0, len(text))
    assert isinstance(place, Miss), place
    return tuple(place)


@pytest.mark.parametrize(
    ("text", "quote", "expected"),
    [
        ("The other said he came.", "he", "The other said [he] came."),
        ("Iranian and Iran", "Iran", "Iranian and [Iran]"),
        ("anti-Iranian troops", "Iran", "anti-[Iran]ian troops"),  # inside a longer word, but there is no other
        ("1984 and 84", "84", "1984 and [84]"),
        ("cafe\u0301 cafe", "cafe", "cafe\u0301 [cafe]"),
        ("its Iran's", "Iran", "its [Iran]'s"),
        ("US-backed", "US", "[US]-backed"),
        ("中文字", "文", "中[文]字"),
        ("ภาษาไทย", "ไทย", "ภาษา[ไทย]"),
        ("Straße, Straßen", "Straße", "[Straße], Straßen"),
    ],
)
def test_whole_words_are_preferred_where_a_script_has_case(text, quote, expected):
    assert found(text, quote) == expected


@pytest.mark.parametrize(
    ("text", "quote", "expected"),
    [
        ("of the\nUS", "the US", "of [the\nUS]"),
        ("of the US", "the\n  US", "of [the US]"),
        ("of the\u00a0US", "the US", "of [the\u00a0US]"),
        ("of the US", "the US\n", "of [the US]"),  # a block of YAML ends with a line feed
        ("sea , again", " ,", "sea[ ,] again"),
        ("two  spaces and two", "  ", "two[  ]spaces and two"),
    ],
)
def test_white_space_inside_a_quote_stands_for_any_other(text, quote, expected):
    assert found(text, quote) == expected


def test_the_same_words_with_other_white_space_are_another_place():
    rule, what, *_ = missed("the US\nand the\nUS", "the US")
    assert (rule, what) == ("quote-ambiguous", '"the US" stands there 2 times')


def test_an_ambiguous_quote_lists_every_place_in_its_context():
    assert missed("Ada went. Ada ate.", "Ada") == (
        "quote-ambiguous",
        '"Ada" stands there 2 times',
        '"in" or "nth" to say which (1: "[Ada] went. Ada ate.", 2: "Ada went. [Ada] ate.")',
        "",
    )


def test_of_many_places_eight_are_listed():
    *_, expected, _ = missed("a " * 20, "a")
    assert expected.count("[a]") == 8
    assert expected.endswith(" and 12 more)")


@pytest.mark.parametrize(
    ("quote", "nearest"),
    [
        ("Adda", '"Ada"'),
        ("Bobb", '"Bob"'),
        ("the hills of Persa", '"the hills of Persia"'),
        ("the hill of Persia", '"the hills of Persia"'),
        ("ada AND", '"Ada and"'),
        ("PERSIA", '"Persia"'),
        ("xyz", ""),
        ("好地", ""),
    ],
)
def test_a_quote_that_is_missing_tells_the_nearest_words(quote, nearest):
    text = 'Ada and "Bob" crossed the hills of Persia.'
    assert missed(text, quote) == ("quote-missing", f'"{quote}" is not there', "words of the text", nearest)


def test_a_quote_that_is_composed_otherwise_is_told():
    for text, quote in (("caf\u00e9 noir", "cafe\u0301"), ("cafe\u0301 noir", "caf\u00e9")):
        assert missed(text, quote) == (
            "quote-missing",
            f'"{quote}" is not there',
            "words of the text, composed as they are there (NFC or NFD)",
            f'"{text[:-5]}"',
        )


def test_a_long_quote_is_compared_by_its_beginning():
    text = "word " * 60 + "and the end."
    *_, nearest = missed(text, text.replace("word", "ward"))
    assert nearest.startswith('"word word')
    assert "..." not in nearest


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ({"quote": "Ada", "nth": 3}, ("quote-missing", 'occurrence 3 of "Ada"', "1 to 2", '"met Bob. Bob said [Ada] met him."')),
        (
            {"quote": "said", "in": "Bob sad"},
            ("quote-context", 'the context "Bob sad" is not there', "words of the text", '"Bob said"'),
        ),
        (
            {"quote": "Ada", "in": "Ada met"},
            (
                "quote-context",
                'the context "Ada met" stands there 2 times',
                'a longer context, that stands there once (1: "[Ada met] Bob. Bob said Ada", 2: "met Bob. Bob said [Ada met] him.")',
                "",
            ),
        ),
        ({"quote": "Ada", "in": "Bob said"}, ("quote-missing", '"Ada" is not in "Bob said"', "words of the text", "")),
    ],
)
def test_a_context_or_number_that_does_not_fit_is_told(quote, expected):
    assert missed("Ada met Bob. Bob said Ada met him.", quote) == expected


def test_a_context_is_told_where_the_quote_is_there_twice():
    assert missed("Ada saw Ada once.", {"quote": "Ada", "in": "Ada saw Ada"})[:2] == (
        "quote-ambiguous",
        '"Ada" stands in "Ada saw Ada" 2 times',
    )
    assert found("Ada saw Ada once.", {"quote": "Ada", "in": "Ada saw Ada", "nth": 2}) == "Ada saw [Ada] once."


@pytest.mark.parametrize("quote", [" ", "\n\t", "\u00a0"])
def test_white_space_alone_that_is_not_in_the_text_is_no_quote(quote):
    assert missed("Ada", quote) == ("quote-missing", "a quote of white space alone", "words of the text", "")


# --------------------------------------------------------------------------------------------------------- in order


def in_order(text: str, *quotes: str | dict) -> list[str]:
    places = locate_in_order(text, quotes, 0, len(text))
    return [f"{i}: {place.rule}" if isinstance(place, Miss) else f"{i}: {place[0]}-{place[1]}" for i, place in places]


def test_bare_words_are_sought_behind_the_quote_before():
    assert in_order("he said he met her", "said", "he") == ["0: 3-7", "1: 8-10"]


def test_a_context_may_begin_before_the_quote_before_ends():
    assert in_order("he said so, he says", "he said", {"quote": "so", "in": "said so"}) == ["0: 0-7", "1: 8-10"]


def test_a_number_counts_in_the_whole_paragraph():
    assert in_order("a b a b a b", {"quote": "a", "nth": 2}, {"quote": "b", "nth": 3}) == ["0: 4-5", "1: 10-11"]


@pytest.mark.parametrize("late", ["Ada", {"quote": "Ada", "nth": 1}, {"quote": "Ada", "in": "Ada met"}])
def test_a_quote_before_the_one_above_it_is_out_of_order(late):
    assert in_order("Ada met Bob", "Bob", late) == ["0: 8-11", "1: span-order"]


def test_every_missing_quote_of_a_list_is_told():
    assert in_order("Ada met Bob", "Adda", "met", "Bobb") == ["0: quote-missing", "1: 4-7", "2: quote-missing"]


def test_behind_a_missing_quote_ambiguous_words_are_passed_over():
    assert in_order("he said he met her", "sad", "he", "her") == ["0: quote-missing", "2: 15-18"]


@given(st.text(CHARACTERS, min_size=1, max_size=14), st.data())
def test_stretches_of_a_text_in_order_are_found_again_by_their_numbers(text, data):
    borders = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=6, unique=True)))
    spans = [(a, b) for a, b in zip(borders[::2], borders[1::2], strict=False) if text[a:b] == text[a:b].strip()]
    assume(spans)
    numbered = []
    for span in spans:
        places = occurrences(text, text[slice(*span)], 0, len(text))
        assume(span in places)  # else there are whole words that are preferred
        numbered.append({"quote": text[slice(*span)], "nth": places.index(span) + 1})
    assert [place for _, place in locate_in_order(text, numbered, 0, len(text))] == spans


@given(texts, st.lists(quotes, min_size=1, max_size=4))
def test_what_is_found_in_order_never_overlaps(text, words):
    spans = [place for _, place in locate_in_order(text, words, 0, len(text)) if not isinstance(place, Miss)]
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
