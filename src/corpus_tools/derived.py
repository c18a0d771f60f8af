"""Columns that derive from other columns: one definition for whoever writes them and whoever checks them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from corpus_tools.records import Fragment, Mention


def mention_text(fragments: Iterable[Fragment]) -> str:
    """The text of a mention: those of its fragments, joined by one space."""
    return " ".join(fragment.text for fragment in fragments)


def source_kind(source_entity_ids: Sequence[str], source: Sequence[object], cue: Sequence[object]) -> str:
    """Who claims, as it follows from what is given."""
    return "named" if source_entity_ids else "unnamed" if source else "absent" if cue else "author"


def entities_in(content: Sequence[Fragment], mentions: Iterable[Mention]) -> list[str]:
    """The entities of the mentions that lie inside the content, in the order of the first one."""
    inside = [m for m in mentions if all(_holds(content, fragment) for fragment in m.fragments)]
    return list(dict.fromkeys(m.entity_id for m in sorted(inside, key=lambda m: (m.start, m.end))))


def _holds(content: Sequence[Fragment], fragment: Fragment) -> bool:
    return any(outer.start <= fragment.start and fragment.end <= outer.end for outer in content)
