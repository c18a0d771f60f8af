"""The bytes of a DocBin: zlib around msgpack around numpy arrays.

Read without spaCy's own reader, which believes every offset and length in the file and unpacks whatever it is given. Nothing here makes
Python objects other than numbers, strings, lists and dicts, and no memory without bound is used. Written with spaCy.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from corpus_tools.findings import UsageError

MAX_UNPACKED = 1 << 28  # bytes, of a file and of the texts in it
_MAX_PART = 1 << 25  # bytes of a part that becomes Python objects
_STRINGS = (
    "ORTH",
    "NORM",
    "TAG",
    "DEP",
    "ENT_TYPE",
    "ENT_KB_ID",
    "ENT_ID",
    "LEMMA",
    "MORPH",
)  # attributes that are strings by hash
_SPAN = struct.Struct(">QQQllll")

Keys = npt.NDArray[np.uint64]


class BadDocBin(ValueError):
    """Bytes that are no DocBin."""


class Marked(NamedTuple):
    """A span over the characters of a text."""

    start: int
    end: int
    label: str
    kb_id: str
    id: str


class Group(NamedTuple):
    """A group of spans, with the key that doc.spans has it under."""

    key: str
    name: str
    attrs: dict[str, Any]
    spans: list[Marked]


class Packed(NamedTuple):
    """A Doc: ``words``, whether a space follows each, the values of all other attributes by name, numbers or strings, and all else."""

    words: list[str]
    spaces: list[bool]
    columns: dict[str, list[Any]]
    ents: list[Marked]
    groups: list[Group]
    cats: dict[str, Any]
    user_data: dict[Any, Any]
    unknown_spaces: bool = False

    @property
    def text(self) -> str:
        """What doc.text is."""
        return "".join(word + " " * space for word, space in zip(self.words, self.spaces, strict=True))


class _Parts(msgspec.Struct):
    attrs: list[int]
    tokens: msgspec.Raw
    spaces: msgspec.Raw
    lengths: msgspec.Raw
    strings: msgspec.Raw
    cats: msgspec.Raw
    span_groups: msgspec.Raw = msgspec.Raw(b"\x90")
    flags: msgspec.Raw = msgspec.Raw(b"\x90")
    user_data: msgspec.Raw = msgspec.Raw(b"\x90")


class _SpanGroup(msgspec.Struct):
    name: str
    attrs: dict[str, Any]
    spans: list[bytes]


def borders(words: Sequence[str], spaces: Sequence[bool]) -> tuple[list[int], list[int]]:
    """The starts and the ends of tokens in their text."""
    starts, ends, at = [], [], 0
    for word, space in zip(words, spaces, strict=True):
        starts.append(at)
        ends.append(at + len(word))
        at = ends[-1] + space
    return starts, ends


# ---------------------------------------------------------------------------------------------------------- reading


def unpack(data: bytes) -> Iterator[Packed]:
    """The Docs of a file.

    Raises:
        BadDocBin: it is none, or too large when unpacked.
        UsageError: spaCy is not installed.
    """
    try:
        yield from _docs(_decompressed(data))
    except (
        zlib.error,
        msgspec.MsgspecError,
        struct.error,
        ValueError,
        TypeError,
        IndexError,
        OverflowError,
        RecursionError,
    ) as error:
        raise BadDocBin(f"no DocBin ({error})" if not isinstance(error, BadDocBin) else str(error)) from None


def _decompressed(data: bytes) -> bytes:
    engine = zlib.decompressobj()
    raw = engine.decompress(data, MAX_UNPACKED + 1)
    if len(raw) > MAX_UNPACKED:
        raise BadDocBin(f"more than {MAX_UNPACKED} bytes when unpacked")
    if not engine.eof:
        raise BadDocBin("no DocBin (its end is missing)")
    return raw


def _part(raw: msgspec.Raw, kind: Any) -> Any:
    if len(memoryview(raw)) > _MAX_PART:
        raise BadDocBin(f"more than {_MAX_PART} bytes of strings or spans in one file")
    return msgspec.msgpack.decode(raw, type=kind)


def _docs(raw: bytes) -> Iterator[Packed]:
    parts = msgspec.msgpack.decode(raw, type=_Parts)
    names = _attribute_names(parts.attrs)
    keys = np.frombuffer(msgspec.msgpack.decode(parts.tokens, type=memoryview), dtype="<u8").reshape(-1, len(names))
    spaces = np.frombuffer(msgspec.msgpack.decode(parts.spaces, type=memoryview), dtype=np.uint8) != 0
    lengths = np.frombuffer(msgspec.msgpack.decode(parts.lengths, type=memoryview), dtype="<i4")
    known = _Strings(_part(parts.strings, list[str]))
    count = len(lengths)
    if (lengths < 0).any() or int(lengths.sum(dtype=np.int64)) != len(keys) or len(spaces) != len(keys) or "ORTH" not in names:
        raise BadDocBin("no DocBin (lengths and tokens do not agree)")
    for at, name in enumerate(names):
        known.spend(known.size(keys[:, at]) if name in _STRINGS else 0)
    each = [_part(parts.cats, list[dict[str, float | bool]]), _part(parts.flags, list[dict[str, Any]])]
    each += [_part(own, list[bytes | None]) for own in (parts.span_groups, parts.user_data)]
    cats, flags, groups, user_data = (own or [None] * count for own in each)
    if {len(cats), len(flags), len(groups), len(user_data)} != {count}:
        raise BadDocBin("no DocBin (not every document has its part)")
    if not all(isfinite(value) for own in cats for value in (own or {}).values()):
        raise BadDocBin("no DocBin (a category without a number)")
    end = 0
    for index, length in enumerate(lengths.tolist()):
        start, end = end, end + length
        columns = {name: known.column(name, keys[start:end, at]) for at, name in enumerate(names)}
        unknown = bool((flags[index] or {}).get("has_unknown_spaces"))
        words, own = columns.pop("ORTH"), [True] * length if unknown else spaces[start:end].tolist()
        starts, ends = borders(words, own)
        ents = _ents(columns, starts, ends)
        own_groups = list(_groups(groups[index], known, starts, ends))
        data = msgspec.msgpack.decode(user_data[index], type=dict) if user_data[index] else {}
        yield Packed(words, own, columns, ents, own_groups, cats[index] or {}, data, unknown)


def _attribute_names(attrs: Sequence[int]) -> list[str]:
    from spacy.attrs import IDS

    names = {number: name for name, number in IDS.items() if name}
    found = [names.get(attr, str(attr)) for attr in attrs]
    if len(set(found)) < len(found) or not found:
        raise BadDocBin("no DocBin (attributes twice, or none)")
    return found


class _Strings:
    """The strings of a file by their keys: spaCy's hashes, or the numbers that it has for some."""

    def __init__(self, strings: Sequence[str]) -> None:
        from spacy.strings import get_string_id
        from spacy.symbols import NAMES

        by_key = dict(enumerate(NAMES)) | {get_string_id(string): string for string in strings} | {0: ""}
        self.by_key: dict[int, str] = {key: str(string or "") for key, string in by_key.items()}
        self.spent = 0

    def spend(self, characters: int) -> None:
        """Count characters that are taken: a string of the file may be used any number of times."""
        self.spent += characters
        if self.spent > MAX_UNPACKED:
            raise BadDocBin(f"texts of more than {MAX_UNPACKED} characters")

    def of(self, key: int) -> str:
        """The string of a key."""
        if key not in self.by_key:
            raise BadDocBin(f"no DocBin (the string {key} is missing)")
        return self.by_key[key]

    def size(self, keys: Keys) -> int:
        """How many characters the strings of some keys have together."""
        found, counts = np.unique(keys, return_counts=True)
        return sum(len(self.of(key)) * count for key, count in zip(found.tolist(), counts.tolist(), strict=True))

    def column(self, name: str, keys: Keys) -> list[Any]:
        """The values of an attribute."""
        return [self.of(key) for key in keys.tolist()] if name in _STRINGS else keys.astype(np.int64).tolist()


def _ents(columns: dict[str, list[Any]], starts: Sequence[int], ends: Sequence[int]) -> list[Marked]:
    """The entities that the columns of tokens say: 3 begins one, 1 goes on with it. The columns are taken out."""
    iob = columns.pop("ENT_IOB", None)
    labels, kb_ids, ids = (columns.pop(name, [""] * len(starts)) for name in ("ENT_TYPE", "ENT_KB_ID", "ENT_ID"))
    if iob is None:  # without it spaCy makes an entity of each run of a label
        iob = [0 if not label else 3 if not i or labels[i - 1] != label else 1 for i, label in enumerate(labels)]
    found: list[Marked] = []
    inside = False
    for i, tag in enumerate(iob):
        inside = tag == 3 or (tag == 1 and bool(labels[i]))
        if inside and tag == 1 and found and i and iob[i - 1] in (1, 3) and found[-1].label == labels[i]:
            found[-1] = found[-1]._replace(end=ends[i])
        elif inside:
            found.append(Marked(starts[i], ends[i], labels[i], kb_ids[i], ids[i]))
    return found


def _groups(data: bytes | None, known: _Strings, starts: Sequence[int], ends: Sequence[int]) -> Iterator[Group]:
    packed = msgspec.msgpack.decode(data) if data else []
    pairs = [(own, None) for own in packed] if isinstance(packed, list) else list(packed.items())
    for own, keys in pairs:
        group = msgspec.msgpack.decode(own, type=_SpanGroup)
        spans = [_marked(span, known, starts, ends) for span in group.spans]
        for key in keys or [group.name]:
            known.spend(len(spans) * _SPAN.size)  # the same spans may be under any number of keys
            yield Group(str(key), group.name, group.attrs, spans)


def _marked(data: bytes, known: _Strings, starts: Sequence[int], ends: Sequence[int]) -> Marked:
    id, kb_id, label, first, last, _, _ = _SPAN.unpack(data)
    if not 0 <= first <= last <= len(starts):
        raise BadDocBin(f"no DocBin (a span of the tokens {first} to {last}, of {len(starts)})")
    names = known.of(label), known.of(kb_id), known.of(id)
    known.spend(sum(map(len, names)))
    start = starts[first] if first < len(starts) else ends[-1] if ends else 0
    return Marked(start, ends[last - 1] if last > first else start, *names)


# ---------------------------------------------------------------------------------------------------------- writing


def pack(docs: Sequence[Packed]) -> bytes:
    """A file of Docs. Spans must begin and end where tokens do.

    Raises:
        UsageError: spaCy is not installed.
    """
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    vocab = Vocab()
    packed = DocBin(store_user_data=True)
    for doc in docs:
        packed.add(_doc(doc, vocab))
        packed.strings |= {value for name, own in doc.columns.items() if name in _STRINGS for value in own}
        packed.tokens[-1] = _with_columns(packed.tokens[-1], packed.attrs, doc.columns)
        packed.flags[-1] = {"has_unknown_spaces": doc.unknown_spaces}
        packed.user_data[-1] = msgspec.msgpack.encode(doc.user_data)
    return packed.to_bytes()


def _doc(packed: Packed, vocab: Any) -> Any:
    from spacy.tokens import Doc, Span, SpanGroup

    doc = Doc(vocab, words=packed.words, spaces=packed.spaces)
    starts, ends = borders(packed.words, packed.spaces)
    first = {start: at for at, start in enumerate(starts)}
    last = {end: at + 1 for at, end in enumerate(ends)}

    def span(marked: Marked) -> Any:
        start = first.get(marked.start, len(starts))
        end = last[marked.end] if marked.start < marked.end else start
        return Span(doc, start, end, marked.label, kb_id=marked.kb_id, span_id=marked.id)

    if packed.ents:
        doc.set_ents([span(marked) for marked in packed.ents])
    for group in packed.groups:
        doc.spans[group.key] = SpanGroup(doc, name=group.name, attrs=group.attrs, spans=[span(marked) for marked in group.spans])
    doc.cats = packed.cats
    return doc


def _with_columns(keys: Keys, attrs: Sequence[Any], columns: Mapping[str, Sequence[Any]]) -> Keys:
    from spacy.strings import get_string_id

    names = _attribute_names(attrs)
    for name, values in columns.items():
        if name in names:
            own = [get_string_id(value) if name in _STRINGS else value & 0xFFFF_FFFF_FFFF_FFFF for value in values]
            keys[:, names.index(name)] = np.array(own, dtype=np.uint64)
    return keys


def require_spacy() -> None:
    """Raises UsageError where spaCy is not installed."""
    try:
        import spacy  # noqa: F401
    except ImportError:
        raise UsageError("the format spacy needs spaCy, which is not installed: pip install 'corpus-tools[spacy]'") from None
