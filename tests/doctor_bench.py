"""The bench of the doctor: faults put into real and made text, and what the doctor makes of them.

Faults are made by their own means, not by the doctor's. `python tests/doctor_bench.py` writes the table into docs/doctor.md.
"""

from __future__ import annotations

import html
import json
import random
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from corpus_tools.mending.diagnosis import SURE, Diagnosis, SpanResult, diagnose
from corpus_tools.mending.quoteforms import Stated

TOP = Path(__file__).parents[1]
DOC = TOP / "docs/doctor.md"
WORDS = """the café naïve 😀 results of Zoë's team were R&D <b>bold</b> said 👍🏽 on Monday
that it a I would "never" agree über 東京 çok""".split()


class Case(NamedTuple):
    """A text with stated spans and the true places of these."""

    text: str
    stated: list[Stated]
    truth: list[tuple[int, int]]
    matters: bool = True  # each of the faults changes something


Points = list[int]  # for every code point of the text, and its end, the offset that somebody counts


def made_text(rng: random.Random, words: int = 300) -> str:
    """Lines of words with emoji, marks, runs of spaces, tabs, blank lines, white space at the start."""
    parts = ["  "] if rng.random() < 0.5 else []
    for _ in range(words):
        parts.append(rng.choice(WORDS))
        parts.append(rng.choice([" "] * 12 + ["\n", "\n\n", "  ", "\t", "\n   ", ".\n"]))
    return "".join(parts).rstrip() + "\n"


@cache
def article() -> str:
    """The text of the corpus's article."""
    return str(json.loads((TOP / "corpus/jsonl/documents.jsonl").open(encoding="utf-8").readline())["text"])


def spans_of(rng: random.Random, text: str, number: int) -> list[tuple[int, int]]:
    """Spans of one to six words, in any order, nested and crossing ones too."""
    words = [match.span() for match in re.finditer(r"\S+", text.replace("\ufeff", " "))]
    chosen = []
    for _ in range(number):
        first = rng.randrange(len(words))
        last = min(len(words) - 1, first + rng.choice([0, 0, 0, 1, 2, 5]))
        chosen.append((words[first][0], words[last][1]))
    return chosen


# ----------------------------------------------------------------------------------------------------------- faults


def rewritten(pattern: str, new: str | Callable[[str], str]) -> Callable[[str], tuple[Points, str]]:
    """Somebody counted in the text with every match of a pattern replaced."""

    def count(text: str) -> tuple[Points, str]:
        points, other, position = [], "", 0
        for match in re.finditer(pattern, text):
            points += [len(other) + i for i in range(match.start() - position)]
            other += text[position : match.start()]
            points += [len(other)] * (match.end() - match.start())
            other += new if isinstance(new, str) else new(match[0])
            position = match.end()
        points += [len(other) + i for i in range(len(text) - position + 1)]
        return points, other + text[position:]

    return count


def normalized(form: str) -> Callable[[str], tuple[Points, str]]:
    def count(text: str) -> tuple[Points, str]:
        starts = [m.start() for m in re.finditer(r"\s+\S", text)] + [len(text)]
        points, size, position = [], 0, 0
        for start in starts:
            part = text[position:start]
            points += [size + len(unicodedata.normalize(form, part[:i])) for i in range(len(part))]
            size, position = size + len(unicodedata.normalize(form, part)), start
        return [*points, size], unicodedata.normalize(form, text)

    return count


def encoded(encoding: str, size: int) -> Callable[[str], Points]:
    return lambda text: [0, *accumulate(len(c.encode(encoding)) // size for c in text)]


ESCAPE = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
FORMS: dict[str, Callable[[str], tuple[Points, str]]] = {
    "crlf-counted": rewritten(r"\n", "\r\n"),
    "lf-counted": rewritten(r"\r\n", "\n"),
    "bom-counted": rewritten(r"\A", "\ufeff"),
    "bom-not-counted": rewritten(r"\A\ufeff", ""),
    "nfc": normalized("NFC"),
    "nfd": normalized("NFD"),
    "escaped": rewritten("[&<>]", lambda c: ESCAPE[c]),
    "unescaped": rewritten("&(amp|lt|gt);", html.unescape),
    "spaces-collapsed": rewritten("[ \t]+", " "),
    "blank-lines-collapsed": rewritten(r"\n(?:[ \t]*\n)+", "\n"),
    "white-space-collapsed": rewritten(r"\s+", " "),
    "start-stripped": rewritten(r"\A\s+", ""),
    "lines-stripped": rewritten(r"(?m)^[ \t]+", ""),
}
UNITS = {"utf8-bytes": encoded("utf-8", 1), "utf16-units": encoded("utf-16-le", 2)}
SHIFTS = {"one-based": (1, 1), "constant-shift": (76, 76), "inclusive-ends": (0, -1), "ends-past": (0, 1)}
PREPARED: dict[str, Callable[[str], str]] = {
    "lf-counted": lambda t: t.replace("\n", "\r\n"),
    "bom-not-counted": lambda t: "\ufeff" + t,
    "nfc": lambda t: unicodedata.normalize("NFD", t),
    "unescaped": lambda t: re.sub("[&<>]", lambda m: ESCAPE[m[0]], t),
    "start-stripped": lambda t: "\n \n" + t,
}
SINGLE = [*FORMS, *UNITS, *SHIFTS]
PAIRS = [
    ("crlf-counted", "utf16-units"),
    ("crlf-counted", "utf8-bytes"),
    ("crlf-counted", "inclusive-ends"),
    ("crlf-counted", "constant-shift"),
    ("crlf-counted", "nfd"),
    ("crlf-counted", "escaped"),
    ("lf-counted", "utf16-units"),
    ("lf-counted", "one-based"),
    ("bom-not-counted", "crlf-counted"),
    ("bom-counted", "utf16-units"),
    ("nfc", "utf8-bytes"),
    ("nfd", "constant-shift"),
    ("escaped", "utf8-bytes"),
    ("start-stripped", "utf16-units"),
    ("spaces-collapsed", "blank-lines-collapsed"),
    ("utf8-bytes", "one-based"),
    ("utf8-bytes", "inclusive-ends"),
    ("utf16-units", "constant-shift"),
    ("one-based", "inclusive-ends"),
]


def stated(text: str, truth: list[tuple[int, int]], points: Points, shift: tuple[int, int] = (0, 0)) -> list[Stated]:
    pairs = [(points[start] + shift[0], points[end] + shift[1]) for start, end in truth]
    return [
        Stated(f"T{i}", (pair,), re.sub(r"\r\n|\n", " ", text[slice(*true)]), "Span")
        for i, (pair, true) in enumerate(zip(pairs, truth, strict=True), 1)
    ]


def with_causes(causes: tuple[str, ...]) -> Callable[[random.Random, str, int], Case]:
    """Cases of some faults together."""

    def make(rng: random.Random, text: str, number: int) -> Case:
        for cause in causes:
            text = PREPARED.get(cause, str)(text)
        truth = spans_of(rng, text, number)
        made = stated_by(causes, text, truth)
        matters = all(stated_by([c for c in causes if c != cause], text, truth) != made for cause in causes)
        return Case(text, made, truth, matters)

    return make


def stated_by(causes: Sequence[str], text: str, truth: list[tuple[int, int]]) -> list[Stated]:
    shifts = [SHIFTS[cause] for cause in causes if cause in SHIFTS]
    return stated(text, truth, points_of(text, causes), (sum(s for s, _ in shifts), sum(e for _, e in shifts)))


def points_of(text: str, causes: Sequence[str]) -> Points:
    points = list(range(len(text) + 1))
    for cause in sorted(causes, key=SINGLE.index):
        if cause in FORMS:
            more, text = FORMS[cause](text)
            points = [more[p] for p in points]
        elif cause in UNITS:
            more = UNITS[cause](text)
            points = [more[p] for p in points]
    return points


def edited(*first: str, points: int = 1) -> Callable[[random.Random, str, int], Case]:
    """The text was edited after annotation: something was put in or taken out at some points, between the spans."""

    def make(rng: random.Random, text: str, number: int) -> Case:
        truth = spans_of(rng, text, number)
        first_end, last_start = min(end for _, end in truth), max(start for start, _ in truth)
        free = [i for i in range(first_end, last_start + 1) if not any(a < i < b for a, b in truth)]
        shifts = [(at, rng.choice([-30, -1, 1, 2, 76])) for at in rng.sample(free, min(points, len(free)))]
        plain = points_of(text, first)
        moved = [p - sum(by for at, by in shifts if at <= i) for i, p in enumerate(plain)]
        made = stated(text, truth, moved)
        made = [s._replace(fragments=((moved[a], moved[a] + plain[b] - plain[a]),)) for s, (a, b) in zip(made, truth, strict=True)]
        are_moved = {tuple(start >= at for at, _ in shifts) for start, _ in truth}
        counts = not first or stated_by(first, text, truth) != stated_by((), text, truth)
        return Case(text, made, truth, counts and len(are_moved) == points + 1)

    return make


def two_units(rng: random.Random, text: str, number: int) -> Case:
    truth = spans_of(rng, text, 2 * number)
    plain, other = list(range(len(text) + 1)), UNITS["utf8-bytes"](text)
    both = [stated(text, [true], other if i % 2 else plain)[0] for i, true in enumerate(truth)]
    matters = any(s.fragments != (t,) for s, t in zip(both, truth, strict=True))
    return Case(text, [s._replace(id=f"{'BT'[i % 2 == 0]}{i}") for i, s in enumerate(both)], truth, matters)


def other_text(rng: random.Random, text: str, number: int) -> Case:
    other = " ".join("".join(rng.choices("bcdfghjklmn", k=6)) for _ in range(400))
    truth = spans_of(rng, other, number)
    return Case(text, stated(other, truth, list(range(len(other) + 1))), truth)


def bad_quotes(form: str) -> Callable[[random.Random, str, int], Case]:
    """Right offsets, faulty quotes."""

    def spoil(quote: str) -> str:
        match form:
            case "quote-tab":
                return quote + "\t"
            case "quote-csv":
                return '"' + quote.replace('"', '""') + '"'
            case "quote-cut":
                return quote.split("\n")[0].rstrip()
            case "quote-broken":
                return quote
            case "quote-edges":
                return quote + " "
            case _:
                return ""

    def make(rng: random.Random, text: str, number: int) -> Case:
        truth = spans_of(rng, text, number)
        if form in ("quote-cut", "quote-broken"):
            truth = [with_line_end(text, span) if i % 3 == 0 else span for i, span in enumerate(truth)]
        spans = stated(text, truth, points_of(text, ()))
        bad = [s if i % 3 else s._replace(quote=spoil(text[slice(*t)])) for i, (s, t) in enumerate(zip(spans, truth, strict=True))]
        return Case(text, bad, truth, bad != spans)

    return make


def with_line_end(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """The span from the last word of a line to the first of the next, the first such after a span."""
    match = re.compile(r"\S+[ \t]*\n\s*\S+").search(text, span[0]) or re.compile(r"\S+[ \t]*\n\s*\S+").search(text)
    return match.span() if match else span


def negative(rng: random.Random, text: str, number: int) -> Case:
    """A shift that takes the first spans below zero."""
    truth = spans_of(rng, text, number)
    by = min(start for start, _ in truth) + 7
    return Case(text, stated(text, truth, points_of(text, ()), (-by, -by)), truth)


def astray(rng: random.Random, text: str, number: int) -> Case:
    """Right spans, and one that is anywhere."""
    truth = spans_of(rng, text, number + 1)
    spans = stated(text, truth, points_of(text, ()))
    start, length = rng.randrange(-9, len(text)), truth[0][1] - truth[0][0]
    spans[0] = spans[0]._replace(fragments=((start, start + length),))
    return Case(text, spans, truth, spans[0].fragments != (truth[0],))


def clean(prepare: Callable[[str], str]) -> Callable[[random.Random, str, int], Case]:
    def make(rng: random.Random, text: str, number: int) -> Case:
        text = prepare(text)
        truth = spans_of(rng, text, number)
        return Case(text, stated(text, truth, list(range(len(text) + 1))), truth)

    return make


CLEAN = {
    "clean": clean(str),
    "clean, CRLF counted as it stands": clean(lambda t: t.replace("\n", "\r\n")),
    "clean, byte order mark counted as it stands": clean(lambda t: "\ufeff" + t),
}
FAULTS = (
    {cause: with_causes((cause,)) for cause in SINGLE}
    | {"shift-from-a-point": edited(), "shift-from-a-point, two of them": edited(points=2)}
    | {"two-units": two_units, "other-text": other_text}
    | {form: bad_quotes(form) for form in ("quote-tab", "quote-csv", "quote-cut", "quote-broken", "quote-edges", "quote-empty")}
    | {" + ".join(pair): with_causes(pair) for pair in PAIRS}
    | {"crlf-counted + shift-from-a-point": edited("crlf-counted"), "utf16-units + shift-from-a-point": edited("utf16-units")}
    | {"negative offsets": negative, "one span astray": astray}
)


# ----------------------------------------------------------------------------------------------------------- verdict


class Outcome(NamedTuple):
    """What came of a case."""

    named: bool
    spans: int
    restored: int
    wrong: int
    findings: bool


def outcome(fault: str, case: Case) -> Outcome:
    diagnosis = diagnose(case.text, case.stated)
    pairs = list(zip(diagnosis.spans, case.truth, strict=True))
    if fault == "other-text":
        wrong = sum(is_placed(r) and r.status != "exact" for r, _ in pairs)
        return Outcome(_is_named(fault, diagnosis), len(pairs), 0, wrong, diagnosis.verdict != "clean")
    wrong = sum(is_placed(r) and r.fragments not in ((t,), r.span.fragments) for r, t in pairs)
    restored = sum(is_placed(r) and r.fragments == (t,) for r, t in pairs)
    return Outcome(_is_named(fault, diagnosis), len(pairs), restored, wrong, diagnosis.verdict != "clean")


def is_placed(result: SpanResult) -> bool:
    return result.fragments is not None and result.confidence >= SURE


def _is_named(fault: str, diagnosis: Diagnosis) -> bool:
    if fault.startswith("quote"):
        return any(r.note == fault for r in diagnosis.spans)
    if fault == "other-text":
        return diagnosis.verdict == fault
    if fault == "one span astray":
        return diagnosis.verdict == "unexplained"
    if not diagnosis.causes:
        return False
    named = set(fault.partition(",")[0].replace("negative offsets", "constant-shift").split(" + "))
    return any(named <= set(cause.causes) for cause in diagnosis.causes)


def cases(make: Callable[[random.Random, str, int], Case], name: str) -> Iterator[Case]:
    """Cases with few and many spans, in made and in real text, the latter as it is and with emoji, marks and markup put in."""
    for number in (1, 3, 10, 40):
        rng = random.Random(f"{name} {number}")
        for text in (made_text(rng), article(), dressed(rng, article())):
            yield make(rng, text, number)


def dressed(rng: random.Random, text: str) -> str:
    """A text with some of its spaces replaced by more interesting things."""
    more = [" 😀 ", " Zoë ", " & ", "  ", "\t", " <i> ", " – ", "\n  "]
    return re.sub(" ", lambda m: rng.choice(more) if rng.random() < 0.03 else m[0], text)


def table() -> str:
    """The outcome of the bench as a Markdown table."""
    rows = ["| cause | files | named | restored | spans | spans restored | wrong repairs |", "|---|--:|--:|--:|--:|--:|--:|"]
    for name, make in (CLEAN | FAULTS).items():
        outcomes = [outcome(name, case) for case in cases(make, name) if case.matters]
        named = "" if name in CLEAN else str(sum(o.named for o in outcomes))
        whole, spans = sum(o.restored == o.spans for o in outcomes), sum(o.spans for o in outcomes)
        restored, wrong = sum(o.restored for o in outcomes), sum(o.wrong for o in outcomes)
        rows.append(f"| {name} | {len(outcomes)} | {named} | {whole} | {spans} | {restored} | {wrong} |")
    return "\n".join(rows)


BLOCK = re.compile(r"(<!-- doctor bench -->\n).*?(<!-- /doctor bench -->)", re.DOTALL)


def filled(text: str) -> str:
    """The page with the table written anew."""
    made = table()
    return BLOCK.sub(lambda m: f"{m[1]}{made}\n{m[2]}", text)


if __name__ == "__main__":
    if "--print" in sys.argv:
        print(table())
    else:
        DOC.write_text(filled(DOC.read_text("utf-8")), "utf-8", newline="\n")
