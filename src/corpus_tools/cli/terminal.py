"""How documents and findings look in a terminal, by `rich`. Without colour, brackets take its place.

All texts go through `visible`: what a terminal would obey is shown instead.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text

from corpus_tools.fieldtables import field_rows
from corpus_tools.findings import Finding, printable, quoted
from corpus_tools.schemas import Schema

Record = dict[str, Any]
Records = Mapping[str, list[Record]]

# Colours by the order in which types appear in the document; the palette is Okabe and Ito's, told apart by the colour-blind.
_PALETTE = ["#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#d55e00", "#0072b2"]
_LEVELS = {"nominal": Style(underline=True), "pronoun": Style(italic=True, underline=True)}

# Unicode's pictures of control characters; C1 has none. One for one, so offsets stand.
_VISIBLE = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)


def visible(text: str, keep: str = "\n\t") -> str:
    """A text with every control character, but for those in ``keep``, as a picture of it; its length stays."""
    return text.translate({code: picture for code, picture in _VISIBLE.items() if chr(code) not in keep})


def print_document(console: Console, records: Records) -> None:
    """Print a document: its paragraphs numbered, mentions marked by type, claims below their paragraph.

    Lines are wrapped on a terminal alone: a pipe gets a paragraph or a claim a line.
    """
    document = records["documents"][0]
    _print(console, Text(visible(document["title"] or "(title withheld)"), "bold"))
    known = filter(None, [document["doc_id"], ", ".join(document["authors"]), document["published"]])
    _print(console, Text(visible("  ".join(known)), "dim"))
    type_of = {(e["annotator"], e["entity_id"]): e["type"] for e in records["entities"]}
    styles = {name: Style(color=_PALETTE[i % len(_PALETTE)], bold=True) for i, name in enumerate(dict.fromkeys(type_of.values()))}
    colour = bool(console.color_system) and not console.no_color
    if colour and records.get("mentions"):
        _print(console, Text("  ").join(Text(visible(name), style) for name, style in styles.items()))
    several = len({row["annotator"] for table in ("entities", "claims") for row in records.get(table, ())}) > 1
    for paragraph in records["paragraphs"]:
        here = [m for m in records.get("mentions", []) if m["paragraph_id"] == paragraph["paragraph_id"]]
        spans = _spans(here, paragraph["start"], type_of)
        label = f"{paragraph['paragraph_id']} {paragraph['role'] if paragraph['role'] != 'body' else ''}".strip()
        _print(console, Text(f"\n{label}", "dim"))
        if paragraph["text"] is None:
            _print(console, _withheld(paragraph, spans))
        else:
            _print(console, _coloured(paragraph["text"], spans, styles) if colour else _bracketed(paragraph["text"], spans))
        for claim in records.get("claims", []):
            if claim["paragraph_id"] == paragraph["paragraph_id"]:
                _print(console, _claim(claim, several), indent=4)


def _print(console: Console, text: Text, indent: int = 0) -> None:
    if console.is_terminal:
        console.print(Padding(text, (0, 0, 0, indent), expand=False))
    else:
        console.print(Text(" " * indent).append_text(text), soft_wrap=True)


_Span = tuple[int, int, str, str | None]


def _spans(mentions: list[Record], offset: int, type_of: Mapping[tuple[str, str], str]) -> list[_Span]:
    """Start, end, type and level of every fragment in a paragraph that starts at ``offset``; outer ones before inner ones."""
    spans = [
        (f["start"] - offset, f["end"] - offset, type_of.get((m["annotator"], m["entity_id"]), "?"), m["level"])
        for m in mentions
        for f in m["fragments"]
    ]
    return sorted(spans, key=lambda s: (s[0], -s[1]))


def _coloured(paragraph: str, spans: list[_Span], styles: Mapping[str, Style]) -> Text:
    """The text of a paragraph with its mentions in colour; an inner mention lies over the outer one."""
    text = Text(visible(paragraph))
    for start, end, name, level in spans:
        text.stylize(styles.get(name, Style(bold=True)) + _LEVELS.get(level or "", Style()), start, end)
    return text


def _bracketed(paragraph: str, spans: list[_Span]) -> Text:
    """The text of a paragraph with its mentions in brackets, each closed by its type."""
    marks = [(start, 1, -end, "[") for start, end, *_ in spans]
    marks += [(end, 0, -start, f"]{name}") for start, end, name, _ in spans]
    parts, position = [], 0
    for at, _, _, mark in sorted(marks):
        parts += [paragraph[position:at], mark]
        position = at
    return Text(visible("".join([*parts, paragraph[position:]])))


def _withheld(paragraph: Record, spans: list[_Span]) -> Text:
    """A paragraph without its text: where it stands, and where its mentions do."""
    start = paragraph["start"]
    mentions = [f"[{start + low}-{start + high}]{name}" for low, high, name, _ in spans]
    return Text(visible(" ".join([f"(text withheld, {start}-{paragraph['end']})", *mentions])), "dim")


def _claim(claim: Record, several: bool) -> Text:
    """A claim in one line, with its annotator where there are ``several``."""

    def words(fragments: list[Record]) -> str:
        return visible(" ... ".join(f["text"] if f["text"] is not None else f"{f['start']}-{f['end']}" for f in fragments))

    text = Text()
    text.append(visible(f"{claim['annotator']}/{claim['claim_id']}" if several else claim["claim_id"]), "bold")
    text.append(f" {claim['source_kind']}", "dim")
    if claim["source"]:
        text.append(f"  {words(claim['source'])}", "bold #0072b2")
    if claim["cue"]:
        text.append(f"  {words(claim['cue'])}", "bold #d55e00")
    text.append(f"  {words(claim['content'])}")
    labels = [claim["type"], claim["quotation"], claim["stance"]]
    labels += [claim["attitude"]] if claim["attitude"] != "affirms" else []
    labels += [f"within {claim['parent_id']}"] if claim["parent_id"] else []
    labels += [f"{r['type']} {r['target_id']}" for r in claim["relations"]]
    text.append(visible(f"  ({', '.join(label for label in labels if label)})"), "dim")
    return text


def print_stats(console: Console, stats: Mapping[str, Mapping[str, Any]]) -> None:
    """Print counts: a table a line, below it each column with its values, the most frequent first."""
    for name, columns in stats.items():
        _print(console, Text.assemble((name, "bold"), f"  {columns['rows']}"))
        width = max(map(len, columns))
        for column in [column for column in columns if column != "rows"]:
            values = list(columns[column].items())
            shown = [f"{value} {number}" for value, number in values[:_VALUES]]
            shown += [f"and {len(values) - _VALUES} more"] if len(values) > _VALUES else []
            _print(console, Text.assemble((f"{column:{width}}  ", "dim"), visible(", ".join(shown), keep="")), indent=2)


_VALUES = 20


def print_fields(console: Console, schemas: Mapping[str, Schema]) -> None:
    """Print the fields of schemas: path, type, meaning."""
    for name, schema in schemas.items():
        print_line(console, (name, "bold"), f"  {schema['description']}")
        table = Table(box=box.SIMPLE)
        for heading in ("field", "type", "meaning"):
            table.add_column(heading, overflow="fold")
        for form in schema.get("anyOf", [schema]):  # a line of the machine form is of one of several
            for path, type_name, meaning in field_rows(form["properties"]):
                table.add_row(path, type_name.replace("`", ""), meaning)
            table.add_section()
        print_table(console, table)


def print_table(console: Console, table: Table) -> None:
    """Print a table. On a terminal its cells are wrapped; a pipe gets a row a line."""
    if not console.is_terminal:
        console.width = 1_000_000
    console.print(table)


def print_new(console: Console, folder: Path, result: Mapping[str, Any]) -> None:
    """Print what was written, what is left to fill in, and what comes next."""
    for path in result["written"]:
        print_line(console, f"wrote {path}")
    if not result["written"]:
        print_line(console, "nothing to write: every source has its files")
    if result["findings"]:
        print_line(console, ("To fill in:", "bold"))
        for finding in result["findings"]:
            print_line(console, f"  {finding}")
    steps = ["fill in what is listed"] if result["findings"] else []
    steps += ["annotate in the .yaml files", f"corpus-tools build {shlex.quote(str(folder))}"]
    print_line(console, f"Next: {', then '.join(steps)}")


def print_trace(console: Console, traced: Mapping[str, Any]) -> None:
    """Print where a record is written and what it stands on; places as ``path:line:column``."""
    print_line(console, (traced["id"], "bold"), f"  {traced['table']}")
    if traced["annotation"]:
        print_line(console, ("written at ", "dim"), _place(traced["annotation"]))
    for span in traced["spans"]:
        print_line(console, (f"{span['field']} {span['start']}-{span['end']}  ", "dim"), quoted(span["text"], _QUOTE))
        numbers = f"bytes {span['source_start']}-{span['source_end']}"
        print_line(console, f"  {_place(span)}  {numbers}  {quoted(span['source_text'], _QUOTE)}")


_QUOTE = 200


def print_line(console: Console, *parts: str | tuple[str, str]) -> None:
    """Print a line that is never wrapped: what is in it may be copied."""
    shown = [visible(part, keep="") if isinstance(part, str) else (visible(part[0], keep=""), part[1]) for part in parts]
    console.print(Text.assemble(*shown), soft_wrap=True)


def _place(place: Mapping[str, Any]) -> str:
    return f"{place['path']}:{place['line']}:{place['column']}"


def print_findings(console: Console, findings: Sequence[Finding]) -> None:
    """Print findings, one a line, then their number."""
    for finding in findings:
        line = Text(str(finding))
        end = len(printable(finding.place))
        line.stylize("bold", 0, end)
        line.stylize("red", end + 2, end + 2 + len(finding.rule))
        console.print(line, soft_wrap=True)
    console.print(Text(f"{len(findings)} problem{'s' if len(findings) != 1 else ''}", "bold"))
