"""What an import, export or check did, in lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_tools.exporting import ExportReport
from corpus_tools.files import find_corpus, read_manifest
from corpus_tools.hydrationfile import is_without_texts
from corpus_tools.importing import ImportReport
from corpus_tools.rules import rules_on_text

if TYPE_CHECKING:
    from corpus_tools.viewing.site import Site


def import_summary(report: ImportReport, seeds: Path) -> Iterator[str]:
    """What an import did: what became of each kind of thing in the input, what was changed, and what the documents are called now."""
    rows = ", ".join(f"{number} {table}" for table, number in report.records.items())
    yield f"{seeds}: {report.documents} documents from {report.format}; {rows or 'no annotations'}"
    for kind, outcomes in report.counts.items():
        yield f"{kind}: {sum(outcomes.values())} = {' + '.join(f'{number} {outcome}' for outcome, number in outcomes.items())}"
    yield from (f"{number} {note}" for note, number in report.notes.items())
    yield from (f"{doc_id}: the id of {name}" for doc_id, name in report.names.items())
    yield from (f"{', '.join(ids)}: the same text" for ids in report.same_text)
    if not report.findings:
        yield f"Next: corpus-tools build {seeds} CORPUS"


def export_summary(report: ExportReport, out: Path) -> Iterator[str]:
    """What an export wrote and what it lost."""
    yield f"{out}: {report.documents} documents in {report.files} files of {report.format}"
    for key, loss in report.lost.items():
        yield f"lost: {key} of {loss.records} records ({loss.why})"
    for note, number in report.notes.items():
        yield f"{note}: {number}"


def unchecked(corpus: Path | None) -> str:
    """Which rules could not be checked on a corpus that lacks its texts, to stand behind what was found; empty for any other."""
    if not is_without_texts(read_manifest(find_corpus(corpus))):
        return ""
    return f"; where the text is withheld these rules could not be checked: {', '.join(rules_on_text())}"


def view_summary(site: Site, out: Path) -> Iterator[str]:
    """What a site holds, and how to look at it."""
    yield f"{out}: {site.documents} document{'s' if site.documents != 1 else ''}, {len(site.plots)} plots"
    if not site.plots:
        yield "Without plots, which need matplotlib: pip install 'corpus-tools[plots]'"
    yield f"Next: open {site.index} in a browser"
