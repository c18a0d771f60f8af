"""Which lines of an .ann file can be used: well formed, quotes where they say, all that they refer to there."""

from __future__ import annotations

from collections.abc import Sequence

from corpus_tools.findings import Finding, quoted
from corpus_tools.formats.brat.lines import Line, Malformed, in_order, stray
from corpus_tools.placing import Misplaced, Span, ToText
from corpus_tools.quotes import misquoted


class SoundLines:
    """The lines that can be used: well formed, quotes where they say, all that they refer to there. The others are refused."""

    def __init__(self, path: str, target: ToText) -> None:
        self.path, self.target = path, target
        self.by_id: dict[str, Line] = {}
        self.lines: list[Line] = []
        self.spans: dict[str, list[Span]] = {}
        self.refused: list[tuple[str, str]] = []
        self.findings: list[Finding] = []
        self.event_types: set[str] = set()  # of refused events too: their triggers are no mentions

    def take(self, items: Sequence[Line | Malformed]) -> None:
        """Take the lines of a file."""
        for item in items:
            if isinstance(item, Malformed):
                self._refuse(item.number, item.kind, "import-line", quoted(item.text), item.expected)
                continue
            self.event_types |= {item.label} if item.kind == "E" else set()
            key = f"line {item.number}" if item.id in ("*", "#") else item.id
            if key in self.by_id:
                expected = f"an id of its own (line {self.by_id[key].number} has it)"
                self._refuse(item.number, item.kind, "import-line", f"the id {key} again", expected)
            elif item.kind != "T" or self._has_place(item):
                self.by_id[key] = item
        self._drop_dangling()
        self.lines = sorted(self.by_id.values(), key=in_order)

    def _refuse(self, number: int, kind: str, rule: str, found: str, expected: str, near: str = "") -> None:
        self.refused.append((kind, f"refused ({rule})"))
        self.findings.append(Finding(rule=rule, path=self.path, line=number, found=found, expected=expected, nearest=near))

    def _has_place(self, line: Line) -> bool:
        """Take the spans of a T line, if the words there are those of its quote but for white space, which brat does not keep."""
        try:
            spans = [self.target.span(*span) for span in line.spans]
        except Misplaced as error:
            self._refuse(line.number, "T", "import-span", str(error), f"a span of the text ({len(self.target.source)} characters)")
            return False
        there = " ".join(self.target.source_text(*span) for span in line.spans)
        whole = "\n".join([line.text or "", *(tail.text for tail in line.tail)]).rstrip("\n")
        if whole.split() not in (there.split(), []):
            if (line.text or "").split() not in (there.split(), []):
                start, end = line.spans[0][0], line.spans[-1][1]
                near = misquoted(self.target.source, start, end, whole).nearest if len(line.spans) == 1 else ""
                at = ";".join(f"{a}-{b}" for a, b in line.spans)
                self._refuse(line.number, "T", "import-span", f"{quoted(there)} at {at}", quoted(whole), near)
                return False
            for tail in (stray(tail) for tail in line.tail if tail.text.strip()):
                self._refuse(tail.number, tail.kind, "import-line", quoted(tail.text), tail.expected)
        self.spans[line.id] = spans
        return True

    def _drop_dangling(self) -> None:
        """Refuse what refers to a line that is not there, and in turn what refers to that."""
        users: dict[str, list[str]] = {}
        for key, line in self.by_id.items():
            for _, name in line.arguments:
                users.setdefault(name, []).append(key)
        missing = [name for name in users if name not in self.by_id]
        missing += [k for k, line in self.by_id.items() if line.kind == "E" and not line.arguments[0][1].startswith("T")]
        while missing:
            name = missing.pop()
            if name in self.by_id:
                line = self.by_id.pop(name)
                self._refuse(line.number, "E", "import-reference", f"the trigger {line.arguments[0][1]}", "the id of a T line")
            for key in users.get(name, ()):
                if key in self.by_id:
                    line = self.by_id.pop(key)
                    found = f"{name}, which is not there or refused"
                    self._refuse(line.number, line.kind, "import-reference", found, "the id of a sound line")
                    missing.append(key)
