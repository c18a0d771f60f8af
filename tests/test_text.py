"""Text, source bytes and the edits between them."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from reading_laws import assert_edits_in_order

from corpus_tools.records import Edit
from corpus_tools.text import NotUtf8, SourceMap, Units, add_edit, apply_edits, compose, decode, replace, undo_edits

# One character of each length in UTF-8 and UTF-16, a combining mark, right-to-left and controls; and short, so that edits touch.
CHARACTERS = "ab \n\0é́שم中\u200d\ufeff𝄞😀"
texts = st.text(CHARACTERS, max_size=12)
any_text = texts | st.text(max_size=30)


@st.composite
def edits_of(draw: st.DrawFn, text: str) -> list[Edit]:
    """Edits of a text: zero-width ones, touching ones, ones that leave nothing."""
    borders = sorted(draw(st.lists(st.integers(0, len(text)), max_size=10)))
    edits: list[Edit] = []
    for start, end in zip(borders[::2], borders[1::2], strict=False):
        old, offset = text[start:end], len(text[:start].encode())
        new = draw(st.text(CHARACTERS, max_size=4))
        add_edit(edits, Edit(offset, offset + len(old.encode()), old, new, draw(st.sampled_from("xyz"))))
    return edits


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    text = draw(texts)
    return text, draw(edits_of(text))


any_edit = st.builds(
    lambda start, old, new: Edit(start, start + len(old.encode()), old, new, "x"),
    st.integers(0, 8),
    st.text("aé", max_size=3),
    st.text("aé", max_size=3),
)


# ------------------------------------------------------------------------------------------------------ decoding


@given(any_text)
def test_decoding_keeps_every_character(text: str) -> None:
    assert decode(text.encode()) == text


BAD_BYTES = [b"\xff", b"\x80", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xe2\x82", b"\xf0\x9f\x98"]


@given(any_text, any_text, st.sampled_from(BAD_BYTES))
def test_bytes_that_are_not_utf8_are_told_with_the_offset_of_the_first(before: str, after: str, bad: bytes) -> None:
    with pytest.raises(NotUtf8) as caught:
        decode(before.encode() + bad + after.encode() + bad)
    assert caught.value.offset == len(before.encode())
    assert caught.value.byte == bad[0]
    assert str(caught.value) == f"byte 0x{bad[0]:02x} at offset {len(before.encode())} is not UTF-8"


# ------------------------------------------------------------------------------------------------------ edits


@given(edited())
def test_source_to_text_to_source_gives_the_same_bytes(case: tuple[str, list[Edit]]) -> None:
    source, edits = case
    assert_edits_in_order(source.encode(), edits)
    assert undo_edits(apply_edits(source.encode(), edits), edits) == source.encode()


@given(st.text("aé", max_size=8), st.lists(any_edit, max_size=4))
def test_edits_that_do_not_fit_the_text_are_refused(text: str, edits: list[Edit]) -> None:
    try:
        source = undo_edits(text, edits).decode()
    except ValueError:
        return
    assert apply_edits(source.encode(), edits) == text


@pytest.mark.parametrize(
    "edit",
    [
        Edit(0, 1, "b", "x", "other text stands there"),
        Edit(5, 6, "b", "", "behind the end"),
        Edit(0, 2, "b", "", "range and source text of different length"),
    ],
    ids=lambda edit: edit.reason,
)
def test_an_edit_that_does_not_fit_is_named(edit: Edit) -> None:
    with pytest.raises(ValueError, match=f"source bytes {edit.source_start}-{edit.source_end} does not fit"):
        undo_edits("abc", [edit])


def test_edits_out_of_order_do_not_fit() -> None:
    with pytest.raises(ValueError, match="source bytes 0-1 does not fit"):
        undo_edits("abc", [Edit(2, 3, "b", "c", "x"), Edit(0, 1, "b", "a", "x")])


def test_an_edit_that_changes_nothing_is_none() -> None:
    edits: list[Edit] = []
    add_edit(edits, Edit(0, 1, "a", "a", "x"))
    assert edits == []


def test_two_insertions_at_one_place_are_one() -> None:
    edits = [Edit(3, 3, "", "a", "x")]
    add_edit(edits, Edit(3, 3, "", "b", "y"))
    assert edits == [Edit(3, 3, "", "ab", "y")]


# ------------------------------------------------------------------------------------------------------ replacements


@pytest.mark.parametrize(
    ("text", "change", "edit"),
    [
        ("by Iranianbacked", (3, 16, "Iranian-backed"), Edit(10, 10, "", "-", "lost_hyphen")),
        ("abc", (0, 3, "ac"), Edit(1, 2, "b", "", "lost_hyphen")),
        ("aa", (0, 2, "aaa"), Edit(2, 2, "", "a", "lost_hyphen")),
        ("aaa", (0, 3, "a"), Edit(1, 3, "aa", "", "lost_hyphen")),
        ("é–中", (1, 2, "-"), Edit(2, 5, "–", "-", "lost_hyphen")),
        ("é中", (1, 1, " "), Edit(2, 2, "", " ", "lost_hyphen")),
    ],
)
def test_a_replacement_leaves_its_equal_borders_alone(text: str, change: tuple[int, int, str], edit: Edit) -> None:
    assert replace(text, [(*change, "lost_hyphen")]) == [edit]


def test_a_replacement_by_the_same_is_no_edit() -> None:
    assert replace("é中é", [(0, 1, "é", "x"), (2, 3, "e", "x")]) == [Edit(5, 7, "é", "e", "x")]


@given(any_text, st.data())
def test_replacements_give_the_text_that_plain_slicing_gives(text: str, data: st.DataObject) -> None:
    borders = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    changes = [(a, b, data.draw(texts), "x") for a, b in zip(borders[::2], borders[1::2], strict=False)]
    edits = replace(text, changes)
    expected = text
    for start, end, new, _ in reversed(changes):
        expected = expected[:start] + new + expected[end:]
    assert apply_edits(text.encode(), edits) == expected
    assert_edits_in_order(text.encode(), edits)
    assert all(not edit.source_text or not edit.text or edit.source_text[0] != edit.text[0] for edit in edits)
    assert all(not edit.source_text or not edit.text or edit.source_text[-1] != edit.text[-1] for edit in edits)


# ------------------------------------------------------------------------------------------------------ one after the other


@given(edited(), st.data())
def test_composed_edits_do_what_both_do_one_after_the_other(case: tuple[str, list[Edit]], data: st.DataObject) -> None:
    source, first = case
    middle = apply_edits(source.encode(), first)
    second = data.draw(edits_of(middle))
    composed = compose(source.encode(), first, second)
    assert apply_edits(source.encode(), composed) == apply_edits(middle.encode(), second)
    assert_edits_in_order(source.encode(), composed)
    text = apply_edits(middle.encode(), second)
    assert undo_edits(text, composed) == source.encode()


@given(edited())
def test_composing_with_nothing_changes_nothing(case: tuple[str, list[Edit]]) -> None:
    source, edits = case
    assert compose(source.encode(), edits, []) == edits
    assert compose(source.encode(), [], edits) == edits


@given(edited())
def test_composing_with_the_way_back_leaves_nothing(case: tuple[str, list[Edit]]) -> None:
    source, edits = case
    back, shift = [], 0
    for edit in edits:
        start = edit.source_start + shift
        back.append(Edit(start, start + len(edit.text.encode()), edit.text, edit.source_text, "back"))
        shift = back[-1].source_end - edit.source_end
    result = compose(source.encode(), edits, back)
    assert apply_edits(source.encode(), result) == source


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # source "a*b*c", middle "abc" or as told
        ([Edit(1, 2, "*", "", "m"), Edit(3, 4, "*", "", "m")], [Edit(1, 2, "b", "x", "c")], "* b->x *"),
        ([Edit(1, 2, "*", "", "m"), Edit(3, 4, "*", "", "m")], [Edit(1, 1, "", "x", "c")], "* ->x *"),
        ([Edit(1, 2, "*", "", "m"), Edit(3, 4, "*", "", "m")], [Edit(0, 3, "abc", "x", "c")], "a*b*c->x"),
        ([Edit(1, 2, "*", "YZ", "m")], [Edit(2, 4, "Zb", "x", "c")], "*b->Yx"),
        ([Edit(1, 2, "*", "YZ", "m")], [Edit(2, 2, "", "x", "c")], "*->YxZ"),
        ([Edit(1, 2, "*", "Y", "m")], [Edit(1, 2, "Y", "*", "c")], ""),
        ([Edit(1, 1, "", "Y", "m")], [Edit(1, 1, "", "x", "c")], "->xY"),
        ([Edit(1, 1, "", "Y", "m")], [Edit(2, 2, "", "x", "c")], "->Yx"),
    ],
)
def test_composed_edits_join_only_where_they_overlap(first: list[Edit], second: list[Edit], expected: str) -> None:
    composed = compose(b"a*b*c", first, second)
    told = [edit.source_text + (f"->{edit.text}" if edit.text else "") for edit in composed]
    assert " ".join(told) == expected
    assert [edit.reason for edit in composed] == ["c" if "x" in edit.text else "m" for edit in composed]


# ------------------------------------------------------------------------------------------------------ spans


def atoms_of(source: str, edits: list[Edit]) -> list[tuple[str, str]]:
    """Source and text side by side: a character outside the edits, or an edit."""
    rest, position, atoms = source.encode(), 0, []
    for edit in edits:
        atoms += [(c, c) for c in rest[position : edit.source_start].decode()] + [(edit.source_text, edit.text)]
        position = edit.source_end
    return atoms + [(c, c) for c in rest[position:].decode()]


def carried(here: list[int], there: list[int], start: int, end: int) -> tuple[int, int]:
    """What stands on the other side for all that overlaps the span; sizes of the atoms on both sides."""
    covered, a, b = [], 0, 0
    for size, other in zip(here, there, strict=True):
        if max(a, start) < min(a + size, end):
            covered += [b, b + other]
        a, b = a + size, b + other
    return (covered[0], covered[-1]) if covered else (-1, -1)


def sizes(atoms: list[tuple[str, str]]) -> tuple[list[int], list[int]]:
    return [len(source.encode()) for source, _ in atoms], [len(text) for _, text in atoms]


def spans(draw: st.DataObject, length: int) -> tuple[int, int]:
    start, end = sorted((draw.draw(st.integers(0, length)), draw.draw(st.integers(0, length))))
    return start, end


@given(edited(), st.data())
def test_a_span_of_text_has_the_bytes_of_all_that_overlaps_it(case: tuple[str, list[Edit]], data: st.DataObject) -> None:
    source, edits = case
    text = apply_edits(source.encode(), edits)
    in_source, in_text = sizes(atoms_of(source, edits))
    start, end = spans(data, len(text))
    assume(start < end)
    assert SourceMap(text, edits).to_source(start, end) == carried(in_text, in_source, start, end)


@given(edited(), st.data())
def test_bytes_stand_for_the_text_of_all_that_overlaps_them(case: tuple[str, list[Edit]], data: st.DataObject) -> None:
    source, edits = case
    text = apply_edits(source.encode(), edits)
    in_source, in_text = sizes(atoms_of(source, edits))
    start, end = spans(data, len(source.encode()))
    assume(start < end)
    borders = {sum(in_source[:i]) for i in range(len(in_source) + 1)}
    inside = [(e.source_start, e.source_end) for e in edits]
    if all(b in borders or any(low < b < high for low, high in inside) for b in (start, end)):
        assert SourceMap(text, edits).to_text(start, end) == carried(in_source, in_text, start, end)
    else:
        with pytest.raises(ValueError, match=f"source bytes {start}-{end}"):
            SourceMap(text, edits).to_text(start, end)


@given(edited(), st.data())
def test_there_and_back_gives_a_span_that_holds_the_first(case: tuple[str, list[Edit]], data: st.DataObject) -> None:
    source, edits = case
    text = apply_edits(source.encode(), edits)
    start, end = spans(data, len(text))
    places = SourceMap(text, edits)
    low, high = places.to_text(*places.to_source(start, end))
    borders, inserted, position = {0}, set(), 0
    for spelled, shown in atoms_of(source, edits):
        inserted |= set(range(position, position + len(shown))) if not spelled else set()
        position += len(shown)
        borders.add(position)
    held = [i for i in range(start, end) if i not in inserted]
    if held:  # less what is inserted at its borders
        assert low <= held[0]
        assert held[-1] < high
        if {start, end} <= borders:
            assert (low, high) == (held[0], held[-1] + 1)
    else:
        assert low == high


@given(edited(), st.data())
def test_an_empty_span_stays_empty(case: tuple[str, list[Edit]], data: st.DataObject) -> None:
    source, edits = case
    text = apply_edits(source.encode(), edits)
    place = data.draw(st.integers(0, len(text)))
    start, end = SourceMap(text, edits).to_source(place, place)
    assert start == end
    assert 0 <= start <= len(source.encode())


MARKED = "né *a&amp;b* c"  # text "né a&b c"
MARKS = [Edit(4, 5, "*", "", "markup"), Edit(6, 11, "&amp;", "&", "markup"), Edit(12, 13, "*", "", "markup")]


@pytest.mark.parametrize(
    ("span", "found"),
    [((0, 2), "né"), ((3, 6), "a&amp;b"), ((4, 5), "&amp;"), ((5, 8), "b* c"), ((2, 4), " *a"), ((0, 8), MARKED), ((3, 3), "")],
)
def test_a_mark_at_the_border_of_a_span_is_no_part_of_it(span: tuple[int, int], found: str) -> None:
    start, end = SourceMap("né a&b c", MARKS).to_source(*span)
    assert MARKED.encode()[start:end].decode() == found


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (0, 9), (3, 2), (0, 2**70)])
def test_a_span_outside_the_text_has_no_bytes(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=r"offset|span"):
        SourceMap("né a&b c", MARKS).to_source(start, end)


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (0, 16), (5, 4), (2, 5), (0, 2), (0, 2**70)])
def test_bytes_outside_the_source_or_inside_a_character_have_no_text(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=f"{start}-{end}"):
        SourceMap("né a&b c", MARKS).to_text(start, end)


# ------------------------------------------------------------------------------------------------------ units

ENCODINGS = {"code_point": ("utf-32-le", 4), "utf8_byte": ("utf-8", 1), "utf16_unit": ("utf-16-le", 2)}
units = st.sampled_from(sorted(ENCODINGS))


def offset_in(text: str, index: int, unit: str) -> int:
    encoding, width = ENCODINGS[unit]
    return len(text[:index].encode(encoding)) // width


@given(any_text, units, units, st.data())
def test_offsets_convert_as_encoding_what_is_before_them(text: str, source: str, target: str, data: st.DataObject) -> None:
    indices = data.draw(st.lists(st.integers(0, len(text)), max_size=6))
    given_offsets = [offset_in(text, i, source) for i in indices]
    assert Units(text).convert(given_offsets, source, target) == [offset_in(text, i, target) for i in indices]


@given(any_text, units, units, st.integers(-3, 40) | st.integers())
@example("é", "utf8_byte", "code_point", 1)
@example("😀", "utf16_unit", "code_point", 1)
@example("a", "code_point", "utf8_byte", 2)
@example("é", "code_point", "utf8_byte", 2**70)
def test_offsets_of_no_character_are_refused(text: str, source: str, target: str, offset: int) -> None:
    good = [offset_in(text, i, source) for i in range(len(text) + 1)]
    why = "negative" if offset < 0 else "past the end" if offset > good[-1] else "inside a character"
    if offset in good:
        Units(text).convert([0, offset], source, target)
    else:
        with pytest.raises(ValueError, match=f"^{source.replace('_', ' ')} offset {offset} is {why}"):
            Units(text).convert([0, offset], source, target)


def test_units_change_at_the_borders_of_the_encodings() -> None:
    text = "\x7f\x80\u07ff\u0800\uffff\U00010000\U0010ffff"
    every = list(range(len(text) + 1))
    assert Units(text).convert(every, "code_point", "utf8_byte") == [0, 1, 3, 5, 8, 11, 15, 19]
    assert Units(text).convert(every, "code_point", "utf16_unit") == [0, 1, 2, 3, 4, 5, 7, 9]


def test_no_offsets_are_none() -> None:
    assert Units("é").convert([], "code_point", "utf8_byte") == []
