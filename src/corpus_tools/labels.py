"""Token labels from spans, for any tokenizer that tells where its tokens stand."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from corpus_tools.text import CodePoint

Span = tuple[CodePoint, CodePoint, str]
Offsets = Sequence[tuple[CodePoint, CodePoint]]


class Unplaced(NamedTuple):
    """A span that no token bears, and why: a border of it is inside a token, no token is at a border, or a token of it is taken."""

    start: CodePoint
    end: CodePoint
    label: str
    reason: Literal["inside a token", "no token", "overlaps"]


class TokenLabels(NamedTuple):
    """One label a token (None for one without visible text, such as a special token), and the spans that have none."""

    labels: list[str | None]
    unplaced: list[Unplaced]


def mention_spans(mentions: Iterable[Mapping[str, Any]], entities: Iterable[Mapping[str, Any]]) -> list[Span]:
    """Rows of mentions as spans with the type of their entity: one for each fragment, in the order of the text.

    Raises:
        KeyError: a mention's entity is not among the entities.
    """
    types = {(entity["doc_id"], entity["annotator"], entity["entity_id"]): entity["type"] for entity in entities}
    return sorted(
        (fragment["start"], fragment["end"], types[mention["doc_id"], mention["annotator"], mention["entity_id"]])
        for mention in mentions
        for fragment in mention["fragments"]
    )


def token_labels(
    text: str,
    spans: Iterable[Span],
    offsets: Offsets,
    scheme: Literal["BIO", "BILOU"] = "BIO",
    nested: Literal["outermost", "innermost"] = "outermost",
) -> TokenLabels:
    """Turn spans into token labels ("B-PERSON", "I-PERSON", "O").

    A token bears one label. So a span is placed only if its borders are borders of tokens (white space at the edges of either does not
    count), and of spans that overlap only one is placed: the longest, or the shortest. Every other span is returned with the reason.

    Args:
        text: what spans and offsets index.
        spans: ``(start, end, label)`` in code points, in any order.
        offsets: ``(start, end)`` of each token in code points, in the order of the text; ``(0, 0)`` for a special token.
        scheme: BIO, or BILOU ("L-" for the last token of several, "U-" for the only one).
        nested: which of overlapping spans is placed.

    Raises:
        ValueError: offsets that are not in order, or a span or token that is not inside the text.
    """
    trimmed = [_trimmed(text, start, end) for start, end in offsets]
    seen = [index for index, (start, end) in enumerate(trimmed) if start < end]
    starts, ends = [trimmed[index][0] for index in seen], [trimmed[index][1] for index in seen]
    if starts != sorted(starts) or ends != sorted(ends):
        raise ValueError("the offsets of the tokens are not in the order of the text")
    labels, unplaced = ["O"] * len(seen), []
    sign = 1 if nested == "innermost" else -1
    for start, end, label in sorted(spans, key=lambda span: (sign * (span[1] - span[0]), span)):
        low, high = _trimmed(text, start, end)
        first, last = bisect_right(ends, low), bisect_left(starts, high)
        if reason := _obstacle(low, high, starts[first:last], ends[first:last], labels[first:last]):
            unplaced.append(Unplaced(start, end, label, reason))
        else:
            labels[first:last] = [f"{prefix}-{label}" for prefix in _prefixes(last - first, scheme)]
    all_labels = dict(zip(seen, labels, strict=True))
    return TokenLabels([all_labels.get(index) for index in range(len(offsets))], sorted(unplaced))


def _trimmed(text: str, start: CodePoint, end: CodePoint) -> tuple[CodePoint, CodePoint]:
    """The span without white space at its edges."""
    if not 0 <= start <= end <= len(text):
        raise ValueError(f"{start}-{end} is not inside the text, which has {len(text)} characters")
    inner = text[start:end]
    return end - len(inner.lstrip()), start + len(inner.rstrip())


def _obstacle(
    low: CodePoint, high: CodePoint, starts: Sequence[int], ends: Sequence[int], labels: Sequence[str]
) -> Literal["inside a token", "no token", "overlaps"] | None:
    """Why a span cannot have the tokens that it overlaps."""
    if not starts or low >= high:
        return "no token"
    if starts[0] < low or ends[-1] > high:
        return "inside a token"
    if starts[0] > low or ends[-1] < high:
        return "no token"
    return "overlaps" if any(label != "O" for label in labels) else None


def _prefixes(tokens: int, scheme: Literal["BIO", "BILOU"]) -> str:
    if scheme == "BIO":
        return "B" + "I" * (tokens - 1)
    return "U" if tokens == 1 else "B" + "I" * (tokens - 2) + "L"
