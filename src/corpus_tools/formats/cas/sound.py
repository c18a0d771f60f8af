"""Which elements of an XMI file can be used: with a number of their own, a place in the text, and all that they refer to there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property

from corpus_tools.chains import in_vain
from corpus_tools.findings import Finding, quoted
from corpus_tools.formats.cas.names import short
from corpus_tools.formats.cas.types import Kind, Kinds, references
from corpus_tools.formats.cas.xmi import Element, number
from corpus_tools.placing import Misplaced, Span, ToText

_TYPE = re.compile(r"([^\W\d]\w*\.)*[^\W\d]\w*")


class SoundElements:
    """The elements that can be used, by number; the others are refused."""

    def __init__(self, path: str, target: ToText, kinds: Kinds, sofa: int) -> None:
        self.path, self.target, self.kinds, self.sofa = path, target, kinds, sofa
        self.by_id: dict[int, Element] = {}
        self.spans: dict[int, Span] = {}  # of annotations, in the units of the file
        self.refused: list[tuple[str, str]] = []
        self.findings: list[Finding] = []

    def take(self, elements: Iterable[Element]) -> None:
        """Take the elements of a file."""
        for element in elements:
            kind, features = self.kinds.get(element.type), element.features
            if element.id < 1 or element.id == self.sofa:
                self._refuse(element, "import-line", "no xmi:id of its own", "a whole number from 1")
            elif element.id in self.by_id:
                other = self.by_id[element.id].line
                self._refuse(element, "import-line", f"the xmi:id {element.id} again", f"one of its own (line {other} has it)")
            elif not _TYPE.fullmatch(element.type) or any(" " in name for name in features):
                self._refuse(element, "import-line", "a name that is none of a type or feature", "letters, digits, underscores")
            elif "sofa" in features and features["sofa"] != str(self.sofa):
                found = f"an element of the view with the text {quoted(features['sofa'])}"
                self._refuse(element, "import-line", found, f"one of _InitialView, whose text is {self.sofa}")
            elif not self._is_annotation(kind, features) or self._has_place(element):
                self.by_id[element.id] = element
        self._drop_dangling()

    def _is_annotation(self, kind: Kind | None, features: Mapping[str, str]) -> bool:
        return kind.is_annotation if kind else "begin" in features and "end" in features

    def _refuse(self, element: Element, rule: str, found: str, expected: str) -> None:
        self.refused.append((short(element.type), f"refused ({rule})"))
        what = f"{short(element.type)} {element.id}: {found}"
        self.findings.append(Finding(rule=rule, path=self.path, line=element.line, found=what, expected=expected))

    def _has_place(self, element: Element) -> bool:
        begin, end = (element.features.get(key, "0") for key in ("begin", "end"))
        span = (number(begin), number(end))
        try:
            if min(span) < 0:
                raise Misplaced(f"a place from {quoted(begin)} to {quoted(end)}")
            self.target.span(*span)
        except Misplaced as error:
            self._refuse(element, "import-span", str(error), f"a span of the text ({self.length} UTF-16 units)")
            return False
        self.spans[element.id] = span
        return True

    @cached_property
    def length(self) -> int:
        """The length of the text in the units of the file."""
        return len(self.target.source.encode("utf-16-le", "surrogatepass")) // 2

    def references(self, element: Element) -> list[int]:
        """The numbers of the elements that one refers to; -1 for what is no number."""
        return [number(name) for name in references(element.type, self.kinds.get(element.type), element.features) if name != "0"]

    def _drop_dangling(self) -> None:
        """Refuse what refers to an element that is not there, and in turn what refers to that."""
        lost = in_vain({key: self.references(element) for key, element in self.by_id.items()})
        for key, other in lost.items():
            found = f"refers to {other}, which is not there or refused" if other >= 0 else "refers to what is no number"
            self._refuse(self.by_id.pop(key), "import-reference", found, "the xmi:id of a sound element")

    def members(self, listed: Collection[str] | None, line: int) -> set[int]:
        """The elements that are in the index: all, where the file does not say which."""
        if listed is None:
            return set(self.by_id)
        found = {number(name) for name in listed}
        refused = len(found - self.by_id.keys())
        if refused and not self.findings:
            what = f"the view has {refused} members that are not there"
            self.findings.append(Finding(rule="import-reference", path=self.path, line=line, found=what, expected="xmi:ids"))
        return found & self.by_id.keys()
