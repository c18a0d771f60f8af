"""Columns that derive from other columns: one definition for whoever writes them and whoever checks them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter

from corpus_tools.readers import SEPARATOR
from corpus_tools.records import Fragment, Mention, Paragraph


def mention_text(fragments: Sequence[Fragment]) -> str | None:
    """The text of a mention: those of its fragments, joined by one space; None where one of them is withheld."""
    if len(fragments) == 1:
        return fragments[0].text
    texts = [fragment.text for fragment in fragments if fragment.text is not None]
    return " ".join(texts) if len(texts) == len(fragments) else None


def words_of(paragraphs: Sequence[Paragraph]) -> Callable[[int, int], str | None]:
    """What gives the words of a span from the texts of the paragraphs alone; None where one that it touches has none.

    The paragraphs are all those of a document, in order.
    """
    text = SEPARATOR.join([p.text if p.text is not None else " " * (p.end - p.start) for p in paragraphs])
    gaps = [(p.start, p.end) for p in paragraphs if p.text is None]
    ends = [end for _, end in gaps]

    def words(start: int, end: int) -> str | None:
        first = bisect_right(ends, start)
        return None if end > len(text) or (first < len(gaps) and gaps[first][0] < end) else text[start:end]

    return words


def source_kind(source_entity_ids: Sequence[str], source: Sequence[object], cue: Sequence[object]) -> str:
    """Who claims, as it follows from what is given."""
    return "named" if source_entity_ids else "unnamed" if source else "absent" if cue else "author"


def entities_in(content: Sequence[Fragment], mentions: Iterable[Mention]) -> list[str]:
    """The entities of the mentions that lie inside the content, in the order of the first one; an outer mention before an inner one."""
    return entities_of(content, in_text_order(mentions))


def in_text_order(mentions: Iterable[Mention]) -> list[Mention]:
    """Mentions by their starts, an outer one before an inner one."""
    return sorted(sorted(mentions, key=attrgetter("end"), reverse=True), key=attrgetter("start"))


def entities_of(content: Sequence[Fragment], ordered: Sequence[Mention]) -> list[str]:
    """`entities_in` of mentions that are in the order of the text."""
    low, high = content[0].start, content[-1].end
    inside = [m for m in ordered if low <= m.start and m.end <= high]
    if len(content) > 1:
        inside = [m for m in inside if all(_holds(content, fragment) for fragment in m.fragments)]
    return list(dict.fromkeys([m.entity_id for m in inside]))


def _holds(content: Sequence[Fragment], fragment: Fragment) -> bool:
    return any(outer.start <= fragment.start and fragment.end <= outer.end for outer in content)
