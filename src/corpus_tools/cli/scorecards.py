"""How scores and agreement look in a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from corpus_tools.cli.terminal import print_line, print_table, visible
from corpus_tools.findings import listed, quoted
from corpus_tools.scoring.agreeing import Agreement, Gamma
from corpus_tools.scoring.comparing import NONE
from corpus_tools.scoring.golden import Confusions, Disagreement, Scores
from corpus_tools.scoring.scoretables import score_cell, score_tables
from corpus_tools.scoring.tallies import Score

_SHOWN = 8


def print_scores(console: Console, scores: Scores, every: bool) -> None:
    """Print scores as tables, then what is confused with what, then, with ``every``, each place where the two differ."""
    for gold, other in scores.annotators:
        print_line(console, f"gold {gold}, other {other}")
    print_line(console, f"{_documents(scores.documents)}{_note(scores.documents)}")
    if scores.missing:
        print_line(console, ("nothing by the other annotator, so all of it missed: ", "yellow"), listed(scores.missing))
    if scores.without_gold:
        print_line(console, ("nothing by the gold annotator, so not scored: ", "yellow"), listed(scores.without_gold))
    _print_score_tables(console, scores.scores, ("gold", "other"))
    for line in _confused(scores.confusions):
        print_line(console, line)
    counts = Counter(f"{d.what} ({d.layer})" for d in scores.disagreements)
    for disagreement in scores.disagreements if every else ():
        for part in _disagreement(disagreement):
            print_line(console, *part)
    told = ", ".join(f"{number} {what}" for what, number in counts.most_common())
    hint = "; --details lists them" if counts and not every else ""
    print_line(console, (f"{counts.total()} disagreements", "bold"), f"{': ' if told else ''}{told}{hint}")


def _documents(number: int) -> str:
    return f"{number} document{'s' if number != 1 else ''}"


def _note(documents: int) -> str:
    return "; no intervals: these are over documents" if documents == 1 else "; 95 % intervals of F1, by bootstrap over documents"


def _print_score_tables(console: Console, scores: Mapping[str, Mapping[str, Score]], sides: tuple[str, str]) -> None:
    for shown in score_tables(scores, sides):
        table = Table(box=box.SIMPLE)
        for position, heading in enumerate(shown.headings):
            table.add_column(Text(visible(heading, keep="")), justify="left" if position < 2 else "right", no_wrap=True)
        for rows in shown.layers:
            for number, (layer, name, *cells) in enumerate(rows):
                table.add_row(Text("" if number else layer, "bold"), Text(visible(name, keep="")), *cells)
            table.add_section()
        print_table(console, table)


def _confused(confusions: Confusions) -> Iterator[str]:
    """For every field the values that are confused most, as ``gold → other number``."""
    for layer, fields in confusions.items():
        for field, rows in fields.items():
            pairs = Counter({(gold, other): n for gold, row in rows.items() for other, n in row.items() if gold != other})
            shown = [f"{_value(gold)} → {_value(other)} {number}" for (gold, other), number in pairs.most_common(_SHOWN)]
            shown += [f"and {len(pairs) - _SHOWN} more"] if len(pairs) > _SHOWN else []
            if shown:
                yield f"{layer} {field}: {', '.join(shown)}"


def _value(value: str) -> str:
    return "none" if value == NONE else value


def _disagreement(found: Disagreement) -> Iterator[tuple[str | tuple[str, str], ...]]:
    """A disagreement in two or three lines: the place and what it is, then each side as in a diff."""
    yield (f"{found.document} {found.paragraph} ", (f"{found.layer}: {found.what}", "bold"))
    for mark, style, record, text, value, place in (
        ("-", "red", found.gold, found.gold_text, found.gold_value, found.gold_place),
        ("+", "green", found.other, found.other_text, found.other_value, found.other_place),
    ):
        if record:
            shown = _value(value) if value != text else ""
            yield ((f"{mark} {quoted(text)}{f'  {shown}' if shown else ''}", style), (f"  {record}  {place}", "dim"))


def print_agreement(console: Console, measured: Agreement) -> None:
    """Print agreement: gamma for each pair and layer, then the scores of each pair."""
    counts = ", ".join(f"{name} {number}" for name, number in measured.annotators.items())
    print_line(console, f"documents by annotator: {counts}")
    if not measured.pairs:
        print_line(console, "No document has two annotators, so there is no agreement to measure.")
        return
    table = Table("", "layer", "gamma", "units", box=box.SIMPLE)
    for pair in measured.pairs:
        _add_gamma(table, f"{' and '.join(pair.annotators)}, {_documents(pair.documents)}", pair.gamma)
    if len(measured.pairs) > 1:
        _add_gamma(table, "all pairs", measured.gamma)
    print_table(console, table)
    for pair in measured.pairs:
        print_line(console, (" and ".join(pair.annotators), "bold"), f", {_documents(pair.documents)}{_note(pair.documents)}")
        _print_score_tables(console, pair.scores, pair.annotators)


def _add_gamma(table: Table, name: str, gamma: Mapping[str, Gamma]) -> None:
    for position, (layer, value) in enumerate(gamma.items()):
        table.add_row(Text(visible(name, keep="") if position == 0 else ""), layer, score_cell(value.gamma), str(value.units))
    table.add_section()
