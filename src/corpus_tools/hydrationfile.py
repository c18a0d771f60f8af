"""hydration.jsonl: what a corpus without its texts holds to put them back, one line a document in the order of the documents."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from corpus_tools.findings import Finding, quoted
from corpus_tools.reading import DocumentRows
from corpus_tools.schemas import validator
from corpus_tools.yamlfile import place_in_words

HYDRATION = "hydration.jsonl"
Note = dict[str, Any]


def is_without_texts(manifest: Mapping[str, Any]) -> bool:
    """Whether a corpus lacks its texts, all or some."""
    return "full_tables" in manifest


class Notes:
    """The lines of a file, each taken when its document's turn comes. With a problem, ``findings`` tells it and the line is None."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / HYDRATION
        self.findings: list[Finding] = []
        self.line = 0
        self._lines = self._read()

    def _read(self) -> Iterator[bytes]:
        if self.path.is_file():  # that it is missing is found elsewhere
            with self.path.open("rb") as file:
                yield from file

    def of(self, document: DocumentRows) -> Note | None:
        """The line of the next document."""
        raw = next(self._lines, None)
        self.line += 1
        if raw is None:
            self._note(document.doc_id, "no line for it", "one line a document")
            return None
        try:
            note: Note = json.loads(raw)
        except (ValueError, RecursionError) as error:
            self._note(document.doc_id, f"no JSON ({error})", "one object a line")
            return None
        problems = validator("hydration").problems(note)
        for problem in problems:
            self._note(document.doc_id, place_in_words(problem.path) + problem.found, problem.expected)
        if problems:
            return None
        if note["doc_id"] != document.doc_id:
            self._note(document.doc_id, f"the line of {quoted(note['doc_id'])}", f"that of {quoted(document.doc_id)}")
        if len(note["paragraphs"]) != len(document.rows["paragraphs"].records):
            found = f"{len(note['paragraphs'])} digests of paragraphs"
            self._note(document.doc_id, found, f"{len(document.rows['paragraphs'].records)}")
        return note

    def finish(self) -> Iterator[Finding]:
        """What was found, and lines that are left over."""
        if next(self._lines, None) is not None:
            self.line += 1
            self._note("", "a line behind those of all documents", "one line a document")
        yield from self.findings

    def _note(self, doc_id: str, found: str, expected: str) -> None:
        self.findings.append(
            Finding(rule="hydration", path=str(self.path), line=self.line, document=doc_id, found=found, expected=expected)
        )
