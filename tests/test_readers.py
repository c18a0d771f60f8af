"""Laws of every reader. A new one is found by being in the folder, and tested by that too."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_sources import sources
from reading_laws import assert_laws

from corpus_tools.readers import Reader, Reading, media_type_of, readers
from corpus_tools.text import NotUtf8

every_reader = pytest.mark.parametrize("reader", list(readers().values()), ids=lambda reader: reader.media_type)


@every_reader
@given(sources)
@example("\ufeff")
@example("\ufeff\ufeff\r\n")
def test_text_and_source_rebuild_each_other(reader: Reader, source: str) -> None:
    assert_laws(source.encode(), reader.read(source.encode()))


@every_reader
@given(st.binary(max_size=30))
def test_any_bytes_are_read_or_told_to_be_no_utf8(reader: Reader, source: bytes) -> None:
    try:
        assert_laws(source, reader.read(source))
    except NotUtf8 as error:
        source[: error.offset].decode()
        with pytest.raises(UnicodeDecodeError):
            source[: error.offset + 4].decode()


@every_reader
@given(sources, sources, st.sampled_from([b"\xff", b"\x80", b"\xc0\xaf", b"\xed\xa0\x80"]))
def test_the_first_byte_that_is_not_utf8_is_told(reader: Reader, before: str, after: str, bad: bytes) -> None:
    with pytest.raises(NotUtf8) as caught:
        reader.read(before.encode() + bad + after.encode())
    assert caught.value.offset == len(before.encode())


@every_reader
@pytest.mark.parametrize("source", ["", "\n", " \r\n\t", "\ufeff", "\ufeff\n", "\u2003\u00a0"])
def test_what_shows_nothing_has_no_block(reader: Reader, source: str) -> None:
    reading = reader.read(source.encode())
    assert (reading.text, reading.blocks) == ("", [])


@every_reader
def test_an_empty_file_gives_an_empty_reading(reader: Reader) -> None:
    assert reader.read(b"") == Reading("", [], [])


def test_a_suffix_tells_the_media_type() -> None:
    assert media_type_of(".md") == media_type_of(".MARKDOWN") == "text/markdown"
    assert media_type_of(".txt") == "text/plain"
    assert media_type_of(".pdf") is None
    assert media_type_of("") is None
