"""How the reports of the doctor and of re-anchoring look in a terminal."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.table import Table
from rich.text import Text

from corpus_tools.findings import quoted
from corpus_tools.mending.doctoring import Report, details
from corpus_tools.moving.reanchoring import Reanchored


def print_report(console: Console, report: Report, every: bool) -> None:
    """Print what the doctor found: the causes first, then, with ``every``, each file and span."""
    table = Table("cause", "files", "spans", "sure", box=None, pad_edge=False)
    for cause, (files, spans, sure) in report.by_cause().items():
        table.add_row(Text(cause), str(files), str(spans), str(sure))
    if report.diagnoses:
        console.print(table)
    for file in report.diagnoses if every else ():
        for line in details(file):
            style = {"-": "red", "+": "green", "!": "yellow"}.get(line[0], "")
            console.print(Text(line, style), soft_wrap=True, highlight=False)
    found = (
        f"{len(report.diagnoses)} with findings"
        if report.diagnoses
        else "no findings" + " in what could be read" * bool(report.unread)
    )
    console.print(f"{report.files} files, {report.spans} spans: {found}", highlight=False)


def print_reanchored(console: Console, report: Reanchored) -> None:
    """Print what became of the quotes of a document: those that are not as before one by one, then the numbers."""
    for quote in report.quotes:
        if quote.status != "exact":
            console.print(Text(f"{quote.file} {quote.record}: {quote.status}"), soft_wrap=True, highlight=False)
            console.print(Text(f"- {quote.old_start}-{quote.old_end} {quoted(quote.old)}", "red"), soft_wrap=True, highlight=False)
        if quote.status != "exact" and quote.kept:
            console.print(
                Text(f"+ {quote.new_start}-{quote.new_end} {quoted(quote.new)}", "green"), soft_wrap=True, highlight=False
            )
    for what in report.dropped:
        console.print(Text(f"left out: {what}", "yellow"), soft_wrap=True, highlight=False)
    counts = Counter(quote.status for quote in report.quotes)
    console.print(f"{report.document}: " + ", ".join(f"{n} {status}" for status, n in counts.items()), highlight=False)
