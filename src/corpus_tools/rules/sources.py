"""Rules on a document: its text, edits and metadata."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from corpus_tools.findings import Finding, quoted
from corpus_tools.rules import Bundle, found_in, rule, text_rule
from corpus_tools.text import undo_edits


@text_rule
def edit_order(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """Edits stand in the order of the source, disjoint; each changes something and is as long as what it replaces."""
    edits = bundle.document.edits or []
    for edit in edits:
        place = f"the edit of source bytes {edit.source_start}-{edit.source_end}"
        if edit.source_end - edit.source_start != len(edit.source_text.encode()):
            yield found_in(
                bundle, "edit-order", "", f"{place} of {quoted(edit.source_text)}", f"{len(edit.source_text.encode())} bytes"
            )
        if edit.source_text == edit.text:
            yield found_in(bundle, "edit-order", "", f"{place}, which changes nothing", "no edit there")
    for before, after in pairwise(edits):
        if after.source_start < before.source_end or (before.source_start == after.source_start == after.source_end):
            found = f"{before.source_start}-{before.source_end} and then {after.source_start}-{after.source_end}"
            yield found_in(bundle, "edit-order", "", found, "edits in the order of the source, disjoint")


@text_rule
def edits_rebuild_source(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """Text and edits give a source of the length and digest on record."""
    document = bundle.document
    if document.text is None or document.edits is None:
        return
    try:
        source = undo_edits(document.text, document.edits)
    except ValueError as error:
        yield found_in(bundle, "edits-rebuild-source", "", str(error), "edits that the text agrees with")
        return
    digest = hashlib.sha256(source).hexdigest()
    if len(source) != document.source.bytes or digest != document.source.sha256:
        expected = f"the source: {document.source.bytes} bytes, sha256 {document.source.sha256}"
        yield found_in(bundle, "edits-rebuild-source", "", f"{len(source)} bytes, sha256 {digest}", expected)


@rule
def text_digest(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """The digest of the text is that on record; a text is there exactly when its status says so."""
    document = bundle.document
    there = [name for name in ("text", "edits") if getattr(document, name) is not None]
    if there != (["text", "edits"] if document.text_status == "included" else []):
        found = f"the status {document.text_status} with {' and '.join(there) or 'neither text nor edits'}"
        yield found_in(bundle, "text-digest", "", found, "included with both, or another with neither")
    if document.text is not None:
        digest = hashlib.sha256(document.text.encode()).hexdigest()
        if digest != document.text_sha256:
            yield found_in(bundle, "text-digest", "", f"a text with the sha256 {digest}", document.text_sha256)


@rule
def date_real(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """A date of publication is in the calendar."""
    published = bundle.document.published
    if published is not None and not is_date(published):
        yield found_in(bundle, "date-real", "", f"the date {quoted(published)}", "a day of the calendar")


def is_date(published: str) -> bool:
    """Whether YYYY, YYYY-MM or YYYY-MM-DD is in the calendar."""
    try:
        datetime.date.fromisoformat((published + "-01-01")[:10] if len(published) < 10 else published)
    except ValueError:
        return False
    return True


# RFC 5646, 2.1: language (extlang), script, region, variants, extensions, private use; or private use alone.
_TAG = re.compile(
    r"([a-z]{2,3}(-[a-z]{3}){0,3}|[a-z]{4,8})(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"
    r"(-[0-9a-wy-z](-[a-z0-9]{2,8})+)*(-x(-[a-z0-9]{1,8})+)?"
    r"|x(-[a-z0-9]{1,8})+"
)


@rule
def language_tag(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """The language is a well-formed BCP 47 tag in its usual case: en, pt-BR, zh-Hant."""
    tag = bundle.document.language
    if not is_language_tag(tag):
        usual = _usual_case(tag)
        near = quoted(usual) if usual != tag and is_language_tag(usual) else ""
        yield found_in(bundle, "language-tag", "", quoted(tag), "a BCP 47 tag in its usual case", near)


def is_language_tag(tag: str) -> bool:
    """Whether a tag is a well-formed one of BCP 47 in its usual case."""
    return tag == _usual_case(tag) and bool(_TAG.fullmatch(tag.lower()))


def _usual_case(tag: str) -> str:
    """A tag as RFC 5646, 2.1.1 has it: all small but scripts (Hant) and regions (BR); behind a single character all small."""
    parts = tag.lower().split("-")
    single = next((i for i, part in enumerate(parts) if len(part) == 1), len(parts))
    usual = [
        part.upper() if len(part) == 2 else part.title() if len(part) == 4 and part.isalpha() else part for part in parts[1:single]
    ]
    return "-".join([parts[0], *usual, *parts[max(1, single) :]])


@rule
def paragraph_roles(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """The title of a document is one paragraph, or several that follow each other."""
    titles = [p for p in bundle.paragraphs if p.role == "title"]
    for before, after in pairwise(titles):
        if after.index != before.index + 1:
            found = f"a second title apart from {before.paragraph_id}"
            yield found_in(bundle, "paragraph-roles", after.paragraph_id, found, "one title")


@rule
def source_file(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """The source file is named after its document."""
    document = bundle.document
    if document.source.file.rpartition(".")[0] != document.doc_id:
        yield found_in(bundle, "source-file", "", f"the source {quoted(document.source.file)}", f"{document.doc_id}.<suffix>")
