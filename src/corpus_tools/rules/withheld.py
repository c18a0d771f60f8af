"""The rule on documents whose text is withheld, whole or in part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from corpus_tools.derived import words_of
from corpus_tools.findings import Finding, quoted
from corpus_tools.records import Fragment
from corpus_tools.rules import Annotation, Bundle, found_in, name_of, rule


@rule
def withheld_words(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """Words are null exactly where the text is withheld: of a document that is not there, and of a paragraph that is not."""
    status = bundle.document.text_status
    if status == "included":
        yield from _missing(bundle)
    else:
        yield from _left(bundle) if status == "withheld" else _status(bundle)
        yield from _unlike(bundle)


def _missing(bundle: Bundle) -> Iterator[Finding]:
    """Spans are for span-text to see, the text of a mention for derived-column."""
    if bundle.document.title is None:
        yield found_in(bundle, "withheld-words", "", "no title (null)", "one, as the text is included")
    for record in bundle.foreign:
        if record.attributes is None:
            yield found_in(bundle, "withheld-words", name_of(record), "no attributes (null)", "some, as the text is included")


def _left(bundle: Bundle) -> Iterator[Finding]:
    """What a document that is withheld has all the same."""
    there = [("", "title", bundle.document.title)]
    there += [(p.paragraph_id, "text", p.text) for p in bundle.paragraphs]
    there += [(name_of(entity), "name", entity.name) for entity in bundle.entities]
    there += [(name_of(record), "attributes", record.attributes) for record in bundle.foreign]
    for name, field, value in there:
        if value is not None:
            yield found_in(bundle, "withheld-words", name, f"{field} {quoted(value)}", "null, as the text is withheld")


def _status(bundle: Bundle) -> Iterator[Finding]:
    if all(paragraph.text is None for paragraph in bundle.paragraphs):
        yield found_in(bundle, "withheld-words", "", "the status partial without a paragraph's text", "the status withheld")


def _unlike(bundle: Bundle) -> Iterator[Finding]:
    """Fragments that are not what their paragraph has there."""
    words = words_of(bundle.paragraphs)
    pairs: list[tuple[Annotation, Fragment]] = [(r, f) for r, fragments in bundle.fragment_lists for f in fragments]
    pairs += [(r, f) for r in bundle.foreign for f in r.fragments]
    for record, fragment in pairs:
        there = words(fragment.start, fragment.end)
        if fragment.text != there:
            found = f"{_shown(fragment.text)} at {fragment.start}-{fragment.end}"
            yield found_in(bundle, "withheld-words", name_of(record), found, f"{_shown(there)}, as its paragraph has it")


def _shown(text: str | None) -> str:
    return "no text (null)" if text is None else quoted(text)
