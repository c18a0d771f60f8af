"""Columns that derive from other columns: one definition for whoever writes them and whoever checks them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from corpus_tools.records import Fragment, Mention


def mention_text(fragments: Sequence[Fragment]) -> str:
    """The text of a mention: those of its fragments, joined by one space."""
    return fragments[0].text if len(fragments) == 1 else " ".join([fragment.text for fragment in fragments])


def source_kind(source_entity_ids: Sequence[str], source: Sequence[object], cue: Sequence[object]) -> str:
    """Who claims, as it follows from what is given."""
    return "named" if source_entity_ids else "unnamed" if source else "absent" if cue else "author"


def entities_in(content: Sequence[Fragment], mentions: Iterable[Mention]) -> list[str]:
    """The entities of the mentions that lie inside the content, in the order of the first one; an outer mention before an inner one."""
    low, high = content[0].start, content[-1].end
    inside = [m for m in mentions if low <= m.start and m.end <= high]
    if len(content) > 1:
        inside = [m for m in inside if all(_holds(content, fragment) for fragment in m.fragments)]
    if len(inside) > 1:
        inside.sort(key=_text_order)
    return list(dict.fromkeys([m.entity_id for m in inside]))


def _text_order(mention: Mention) -> tuple[int, int]:
    return mention.start, -mention.end


def _holds(content: Sequence[Fragment], fragment: Fragment) -> bool:
    return any(outer.start <= fragment.start and fragment.end <= outer.end for outer in content)
