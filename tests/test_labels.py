"""Token labels: every span is either borne by exactly its tokens or returned with the reason."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus_tools import load, mention_spans, token_labels


def words(text):
    return [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]


def decoded(offsets, labels):
    """The spans that labels say, by a reading of them that is not the code's own."""
    spans = []
    for (start, end), label in zip(offsets, labels, strict=True):
        if label is None or label == "O":
            continue
        prefix, _, name = label.partition("-")
        if prefix in "BU":
            spans.append([start, end, name])
        else:
            assert spans[-1][2] == name
            spans[-1][1] = max(end, spans[-1][1])
    return [tuple(span) for span in spans]


def without_edges(text, start, end):
    """The span without white space at its edges."""
    inside = [i for i in range(start, end) if not text[i].isspace()]
    return (inside[0], inside[-1] + 1) if inside else (end, start)


TEXT = "Kofi Annan met Ban Ki-moon in New York ."
ANNAN, BAN, CITY, NEW = (0, 10, "PERSON"), (15, 26, "PERSON"), (30, 38, "GPE"), (30, 33, "NORP")


def test_bio_marks_the_first_token_and_those_that_follow():
    labels, unplaced = token_labels(TEXT, [ANNAN, CITY], words(TEXT))
    assert labels == ["B-PERSON", "I-PERSON", "O", "O", "O", "O", "O", "O", "B-GPE", "I-GPE", "O"]
    assert unplaced == []


def test_bilou_marks_the_last_token_and_the_only_one():
    labels, _ = token_labels(TEXT, [ANNAN, BAN, (39, 40, "PUNCT")], words(TEXT), scheme="BILOU")
    assert labels == ["B-PERSON", "L-PERSON", "O", "B-PERSON", "I-PERSON", "I-PERSON", "L-PERSON", "O", "O", "O", "U-PUNCT"]


def test_the_outermost_of_nested_spans_is_placed_and_the_other_returned():
    labels, unplaced = token_labels(TEXT, [NEW, CITY], words(TEXT))
    assert labels[8:10] == ["B-GPE", "I-GPE"]
    assert unplaced == [(*NEW, "overlaps")]


def test_the_innermost_of_nested_spans_is_placed_when_asked_for():
    labels, unplaced = token_labels(TEXT, [CITY, NEW], words(TEXT), nested="innermost")
    assert labels[8:10] == ["B-NORP", "O"]
    assert unplaced == [(*CITY, "overlaps")]


def test_a_span_inside_a_token_is_returned_and_does_not_keep_another_from_its_place():
    text = "Iranian-backed forces"
    labels, unplaced = token_labels(text, [(0, 7, "GPE"), (0, 21, "ORG")], [(0, 14), (15, 21)], nested="innermost")
    assert labels == ["B-ORG", "I-ORG"]
    assert unplaced == [(0, 7, "GPE", "inside a token")]


def test_a_span_that_was_cut_off_is_returned():
    labels, unplaced = token_labels(TEXT, [CITY, (39, 40, "PUNCT")], words(TEXT)[:-2])
    assert labels[-1] == "O"
    assert unplaced == [(*CITY, "no token"), (39, 40, "PUNCT", "no token")]


def test_special_tokens_and_tokens_of_white_space_bear_no_label():
    labels, unplaced = token_labels("New York", [(0, 8, "GPE")], [(0, 0), (0, 3), (3, 4), (4, 8), (0, 0)])
    assert labels == [None, "B-GPE", None, "I-GPE", None]
    assert unplaced == []


def test_a_token_that_holds_the_space_before_its_word_bears_the_label():
    labels, unplaced = token_labels("in New York", [(3, 11, "GPE")], [(0, 2), (2, 6), (6, 11)])
    assert labels == ["O", "B-GPE", "I-GPE"]
    assert unplaced == []


def test_the_byte_tokens_of_one_character_share_its_label():
    labels, _ = token_labels("a 😀", [(2, 3, "X")], [(0, 1), (2, 3), (2, 3), (2, 3)])
    assert labels == ["O", "B-X", "I-X", "I-X"]


def test_offsets_out_of_order_or_outside_the_text_are_refused():
    with pytest.raises(ValueError, match="not in the order"):
        token_labels("a b", [], [(2, 3), (0, 1)])
    for spans, offsets in ([(0, 9, "X")], [(0, 1)]), ([], [(0, 9)]), ([(2, 1, "X")], []):
        with pytest.raises(ValueError, match="not inside the text, which has 3 characters"):
            token_labels("a b", spans, offsets)


@st.composite
def cases(draw):
    text = draw(st.text(st.sampled_from("ab -\u00a0é😀\n"), max_size=40))
    place = st.integers(0, len(text))
    span = st.tuples(place, place).map(sorted).map(tuple)
    spans = draw(st.lists(st.tuples(span, st.sampled_from("XY")).map(lambda s: (*s[0], s[1])), max_size=8))
    borders = draw(st.lists(place, max_size=20).map(sorted))
    offsets = list(zip(borders[::2], borders[1::2], strict=False))
    return text, spans, [(0, 0), *offsets]


@given(cases(), st.sampled_from(["BIO", "BILOU"]), st.sampled_from(["outermost", "innermost"]))
@example(("ab", [(0, 2, "X"), (0, 2, "Y")], [(0, 2)]), "BIO", "outermost")
def test_every_span_is_borne_by_its_tokens_or_returned(case, scheme, nested):
    text, spans, offsets = case
    labels, unplaced = token_labels(text, spans, offsets, scheme, nested)
    placed = list(spans)
    for *span, _ in unplaced:
        placed.remove(tuple(span))
    tokens = [without_edges(text, *token) for token in offsets]
    assert sorted(decoded(tokens, labels)) == sorted((*without_edges(text, *span[:2]), span[2]) for span in placed)
    assert [label is None for label in labels] == [start >= end for start, end in tokens]


@given(cases())
@example(("ab", [(0, 2, "X"), (0, 2, "Y")], [(0, 2)]))
def test_the_order_of_the_spans_changes_nothing(case):
    text, spans, offsets = case
    assert token_labels(text, spans, offsets) == token_labels(text, spans[::-1], offsets)


@given(cases())
def test_bilou_and_bio_place_the_same_spans(case):
    bio, bilou = (token_labels(*case, scheme=scheme) for scheme in ("BIO", "BILOU"))
    assert bio.unplaced == bilou.unplaced
    as_bio = {"L-": "I-", "U-": "B-"}
    assert bio.labels == [label and as_bio.get(label[:2], label[:2]) + label[2:] for label in bilou.labels]


def test_all_mentions_of_the_shipped_corpus_are_placed_or_returned():
    document = load("documents")[0]
    spans = mention_spans(load("mentions"), load("entities"))
    labels, unplaced = token_labels(document["text"], spans, words(document["text"]))
    assert len(spans) == sum(len(mention["fragments"]) for mention in load("mentions"))
    assert sum(label.startswith("B-") for label in labels if label) + len(unplaced) == len(spans)
    assert {span.reason for span in unplaced} == {"overlaps"}
    assert unplaced[0][:3] in spans


def test_each_fragment_of_a_mention_is_a_span():
    entity = {"doc_id": "d", "annotator": "a", "entity_id": "e", "type": "ORG"}
    fragments = [{"start": 4, "end": 6, "text": "xx"}, {"start": 9, "end": 11, "text": "yy"}]
    mention = {"doc_id": "d", "annotator": "a", "entity_id": "e", "fragments": fragments}
    assert mention_spans([mention], [entity]) == [(4, 6, "ORG"), (9, 11, "ORG")]
    with pytest.raises(KeyError):
        mention_spans([mention], [])
