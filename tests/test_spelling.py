"""Values as spans of a text: all come back, and without the text no word of it can be read."""

from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.releasing.spelling import read, sequences, spell

LETTERS = st.text(alphabet='ab ABé\n"\\1.', max_size=30)


@given(value=LETTERS, text=LETTERS)
def test_what_is_spelled_is_read_again(value, text):
    assert read(spell(value, text), lambda start, end: text[start:end]) == value


@given(value=LETTERS, text=LETTERS)
def test_strings_hold_no_letter_that_the_text_has(value, text):
    strings = [piece for piece in spell(value, text) if isinstance(piece, str)]
    assert all(not character.isalnum() or character not in text for string in strings for character in string)


def test_pieces_are_as_long_as_they_can_be():
    assert spell("Ann Lee; 40", "Dr. Ann Lee said no.") == [[4, 11], ";", [3, 4], "40"]
    assert spell("said Ann", "Dr. Ann Lee said no.") == [[12, 17], [4, 7]]
    assert spell("...", "Dr. Ann") == ["..."]
    assert spell("", "x") == []


def test_a_part_that_is_not_there_leaves_nothing():
    pieces = spell("Ann said", "Ann Lee said no.")
    assert read(pieces, lambda start, end: None if start else "Ann ") is None


def test_sequences_see_no_case_no_marks_and_no_bare_numbers():
    assert sequences("It RAINED, all_day long") == {("it", "rained", "all", "day"), ("rained", "all", "day", "long")}
    assert sequences("1 2 3 4 5") == set()
    assert sequences("three words only") == set()
