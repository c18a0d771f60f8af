"""How documents and findings look in a terminal, by `rich`. Without colour, brackets take its place."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text

from corpus_tools.derive import field_rows
from corpus_tools.findings import Finding, quoted
from corpus_tools.schemas import Schema

Records = Mapping[str, list[dict[str, Any]]]

# Colours by the order in which types appear in the corpus's tag set; the palette is Okabe and Ito's, told apart by the colour-blind.
_PALETTE = ["#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#d55e00", "#0072b2"]
_LEVELS = {"nominal": Style(underline=True), "pronoun": Style(italic=True, underline=True)}


# What a terminal would obey instead of showing it.
_CONTROLS = {code: "\ufffd" for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}


def plain(text: str) -> str:
    """A text that is safe to print: control characters are replaced, one for one."""
    return text.translate(_CONTROLS)


def print_document(console: Console, records: Records) -> None:
    """Print a document: its paragraphs numbered, mentions marked by type, claims below their paragraph."""
    document = records["documents"][0]
    console.print(Text(plain(document["title"]), "bold"))
    console.print(Text(plain(f"{document['doc_id']}  {', '.join(document['authors'])}  {document['published'] or ''}"), "dim"))
    entities = {(e["annotator"], e["entity_id"]): e for e in records["entities"]}
    types = list(dict.fromkeys(e["type"] for e in records["entities"]))
    styles = {name: Style(color=_PALETTE[i % len(_PALETTE)], bold=True) for i, name in enumerate(types)}
    if "mentions" in records and console.color_system:
        console.print(Text("  ").join(Text(name, styles[name]) for name in types))
    for paragraph in records["paragraphs"]:
        here = [m for m in records.get("mentions", []) if m["paragraph_id"] == paragraph["paragraph_id"]]
        label = f"{paragraph['paragraph_id']} {paragraph['role'] if paragraph['role'] != 'body' else ''}".strip()
        console.print()
        console.print(Text(label, "dim"))
        console.print(_marked(paragraph, here, entities, styles, bool(console.color_system)))
        for claim in records.get("claims", []):
            if claim["paragraph_id"] == paragraph["paragraph_id"]:
                console.print(Padding(_claim(claim), (0, 0, 0, 4)))


def _marked(
    paragraph: dict[str, Any],
    mentions: list[dict[str, Any]],
    entities: Mapping[tuple[str, str], dict[str, Any]],
    styles: Mapping[str, Style],
    colour: bool,
) -> Text:
    """The text of a paragraph with its mentions; an inner mention lies over the outer one."""
    spans = [(f["start"] - paragraph["start"], f["end"] - paragraph["start"], m) for m in mentions for f in m["fragments"]]
    spans.sort(key=lambda s: (s[0], -s[1]))
    types = {id(m): entities[m["annotator"], m["entity_id"]]["type"] for m in mentions}
    if colour:
        text = Text(plain(paragraph["text"]))
        for start, end, mention in spans:
            style = styles[types[id(mention)]]
            text.stylize(style + _LEVELS[mention["level"]] if mention["level"] in _LEVELS else style, start, end)
        return text
    marks = [(start, 1, -end, "[") for start, end, _ in spans]
    marks += [(end, 0, -start, f"]{types[id(m)]}") for start, end, m in spans]
    parts, position = [], 0
    for at, _, _, mark in sorted(marks):
        parts += [paragraph["text"][position:at], mark]
        position = at
    return Text(plain("".join([*parts, paragraph["text"][position:]])))


def _claim(claim: dict[str, Any]) -> Text:
    def words(fragments: list[dict[str, Any]]) -> str:
        return plain(" ... ".join(fragment["text"] for fragment in fragments))

    text = Text(claim["claim_id"], end="")
    text.stylize("bold")
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
    text.append(f"  ({', '.join(label for label in labels if label)})", "dim")
    return text


def print_stats(console: Console, stats: Mapping[str, Mapping[str, Any]]) -> None:
    """Print counts: a table a line, below it each column with its values, the most frequent first."""
    for name, columns in stats.items():
        console.print(Text.assemble((name, "bold"), f"  {columns['rows']}"))
        grid = Table.grid(padding=(0, 2, 0, 0))
        for column in [column for column in columns if column != "rows"]:
            values = list(columns[column].items())
            shown = [f"{plain(value)} {number}" for value, number in values[:_VALUES]]
            shown += [f"and {len(values) - _VALUES} more"] if len(values) > _VALUES else []
            grid.add_row(Text(column, "dim"), Text(", ".join(shown)))
        console.print(Padding(grid, (0, 0, 0, 2)))


_VALUES = 20


def print_fields(console: Console, schemas: Mapping[str, Schema]) -> None:
    """Print the fields of schemas: path, type, meaning."""
    for name, schema in schemas.items():
        console.print(Text.assemble((name, "bold"), f"  {schema['description']}"))
        table = Table(box=box.SIMPLE)
        for heading in ("field", "type", "meaning"):
            table.add_column(heading, overflow="fold")
        for path, type_name, meaning in field_rows(schema["properties"]):
            table.add_row(Text(path), Text(type_name.replace("`", "")), Text(meaning))
        console.print(table)


def print_new(console: Console, folder: Path, result: Mapping[str, Any]) -> None:
    """Print what was written, what is left to fill in, and what comes next."""
    for path in result["written"]:
        console.print(Text(f"wrote {path}"), soft_wrap=True)
    if not result["written"]:
        console.print("nothing to write: every source has its files")
    if result["findings"]:
        console.print(Text("To fill in:", "bold"))
        for finding in result["findings"]:
            console.print(Text(f"  {finding}"), soft_wrap=True)
    steps = ["fill in what is listed"] if result["findings"] else []
    steps += ["annotate in the .yaml files", f"corpus-tools build {shlex.quote(str(folder))}"]
    console.print(Text(f"Next: {', then '.join(steps)}"), soft_wrap=True)


def print_trace(console: Console, traced: Mapping[str, Any]) -> None:
    """Print where a record is written and what it stands on; places as ``path:line:column``."""
    console.print(Text.assemble((traced["id"], "bold"), f"  {traced['table']}"), soft_wrap=True)
    if traced["annotation"]:
        console.print(Text.assemble(("written at ", "dim"), _place(traced["annotation"])), soft_wrap=True)
    for span in traced["spans"]:
        numbers = f"{span['field']} {span['start']}-{span['end']}  "
        console.print(Text.assemble((numbers, "dim"), quoted(span["text"], _QUOTE)), soft_wrap=True)
        numbers = f"  {_place(span)}  bytes {span['source_start']}-{span['source_end']}  "
        console.print(Text.assemble(numbers, quoted(span["source_text"], _QUOTE)), soft_wrap=True)


_QUOTE = 200


def _place(place: Mapping[str, Any]) -> str:
    return f"{place['path']}:{place['line']}:{place['column']}"


def print_findings(console: Console, findings: Sequence[Finding]) -> None:
    """Print findings, one a line, then their number."""
    for finding in findings:
        place, _, rest = str(finding).partition(f": {finding.rule}: ")
        console.print(f"[bold]{escape(place)}[/]: [red]{escape(finding.rule)}[/]: {escape(rest)}", soft_wrap=True, highlight=False)
    console.print(f"[bold]{len(findings)} problem{'s' if len(findings) != 1 else ''}[/]", highlight=False)
