"""Names on disk: what a dictionary of lists in memory would hold; and files in the order in which paths are sorted."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.inputs import find_files
from corpus_tools.ondisk import OnDisk

KEYS = st.binary(max_size=3)


@given(st.lists(st.tuples(KEYS, st.binary(max_size=3))), st.lists(st.tuples(KEYS, st.binary(max_size=3))), KEYS)
def test_it_holds_what_a_dictionary_of_lists_would(
    first: list[tuple[bytes, bytes]], later: list[tuple[bytes, bytes]], other: bytes
):
    held, expected = OnDisk(first), dict[bytes, list[bytes]]()
    for key, value in later:
        held.add(key, value)
    for key, value in [*first, *later]:
        expected.setdefault(key, []).append(value)
    assert list(held) == sorted(expected.items())
    assert len(held) == len(first) + len(later)
    for key in [*expected, other]:
        assert (key in held, held.values(key)) == (key in expected, expected.get(key, []))


def test_it_can_be_added_to_and_asked_while_it_is_gone_through():
    held = OnDisk((b"%d" % number, b"") for number in range(100))
    for key, _ in held:
        assert key in held and held.values(key)[0] == b""


NAMES = st.lists(
    st.tuples(
        st.sampled_from(["", "a", "a-b", "A", "ä", "a.b", "a/b"]), st.sampled_from(["x.txt", "a.txt", "Ä.TXT", ".x.txt", "x"])
    ),
    max_size=8,
)


@given(NAMES)
def test_files_come_in_the_order_of_their_paths(names: list[tuple[str, str]]):
    with TemporaryDirectory() as folder:
        top = Path(folder)
        for parent, name in names:
            (top / parent).mkdir(parents=True, exist_ok=True)
            (top / parent / name).touch()
        found, findings = find_files(top, [".txt"])
        expected = [path for path in sorted(top.rglob("*")) if path.suffix.lower() == ".txt" and not path.name.startswith(".")]
        assert (list(found), list(found), findings) == (expected, expected, [])
        assert list(found.of(".conf")) == []


def test_a_name_that_is_no_utf8_is_found(tmp_path: Path):
    file = tmp_path / os.fsdecode(b"\xff.txt")
    file.touch()
    assert list(find_files(tmp_path, [".txt"])[0]) == [file]
    assert list(find_files(file, [".ann"])[0]) == [file]
