"""Corrections of a text by its metadata: quotes of what the reader gave, and what should stand there instead."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from corpus_tools.findings import Finding
from corpus_tools.quotes import Miss, locate
from corpus_tools.readers import Block, Reading
from corpus_tools.text import CodePoint, apply_edits, compose, replace
from corpus_tools.yamlfile import YamlFile


class _Change(NamedTuple):
    """A correction of the text that the reader gave."""

    low: CodePoint
    high: CodePoint
    new: str
    reason: str
    number: int  # in the metadata


def correct(source: bytes, reading: Reading, metadata: YamlFile) -> tuple[Reading, list[str], list[Finding]]:
    """Apply the corrections of the metadata to what the reader gave; the blocks move along.

    Returns:
        The reading as corrected, the words that corrections with a problem would have put into the text, and the problems.
    """
    written = metadata.value.get("corrections", ())
    tried = [_change(metadata, reading, number, correction) for number, correction in enumerate(written)]
    findings = [problem for problem in tried if isinstance(problem, Finding)]
    changes = _apart(metadata, sorted(change for change in tried if isinstance(change, _Change)), findings)
    changes = _leaving_words(metadata, reading, changes, findings)
    made = {change.number for change in changes}
    unmade = [w["replacement"] for number, w in enumerate(written) if number not in made and w["replacement"].strip()]
    edits = compose(source, reading.edits, replace(reading.text, [change[:4] for change in changes]))
    blocks = [_moved(block, changes) for block in reading.blocks]
    return Reading(apply_edits(source, edits), blocks, edits), unmade, findings


def _change(metadata: YamlFile, reading: Reading, number: int, written: dict[str, Any]) -> _Change | Finding:
    path = ("corrections", number)
    span = locate(reading.text, written, 0, len(reading.text))
    if isinstance(span, Miss):
        return metadata.finding(path, *span)
    if not any(block.start <= span[0] and span[1] <= block.end for block in reading.blocks):
        found = "a quote that runs over the border of a paragraph"
        return metadata.finding(path, "correction-place", found, "one inside a paragraph")
    if reading.text[span[0] : span[1]] == written["replacement"]:
        return metadata.finding(path, "correction-place", "a replacement that changes nothing", "other words")
    return _Change(*span, written["replacement"], written["reason"], number)


def _apart(metadata: YamlFile, changes: Iterable[_Change], findings: list[Finding]) -> list[_Change]:
    """The changes without those that overlap one before."""
    kept: list[_Change] = []
    for change in changes:
        if kept and change.low < kept[-1].high:
            line, _ = metadata.place(("corrections", kept[-1].number))
            found = f"a correction of words that the one in line {line} changes"
            findings.append(metadata.finding(("corrections", change.number), "correction-place", found, "one correction of both"))
        else:
            kept.append(change)
    return kept


def _leaving_words(metadata: YamlFile, reading: Reading, changes: list[_Change], findings: list[Finding]) -> list[_Change]:
    """The changes without those that leave nothing of a paragraph: it could have no place in the text."""
    for block in reading.blocks:
        inside = [change for change in changes if block.start <= change.low < block.end]
        edits = replace(reading.text, [change[:4] for change in inside])
        moved = _moved(block, inside)
        if inside and not apply_edits(reading.text.encode(), edits)[moved.start : moved.end].strip():
            found, expected = (
                "a correction that leaves nothing of its paragraph",
                "words that stay; roles can say that it is boilerplate",
            )
            findings.append(metadata.finding(("corrections", inside[0].number), "correction-place", found, expected))
            changes = [change for change in changes if change not in inside]
    return changes


def _moved(block: Block, changes: Iterable[_Change]) -> Block:
    before = sum(len(c.new) - (c.high - c.low) for c in changes if c.low < block.start)
    inside = sum(len(c.new) - (c.high - c.low) for c in changes if block.start <= c.low < block.end)
    return Block(block.kind, block.start + before, block.end + before + inside)
