"""XMI as elements with their lines, and back.

Read with expat and not with the library, which passes offsets that are none on as they are and knows no lines. A document type is refused
where it begins, so no entity is ever declared; what XML cannot hold is replaced one for one when it is written, so offsets stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from corpus_tools.findings import printable

XMI, UIMA = "http://www.omg.org/XMI", "http:///uima/cas.ecore"
SOFA, VIEW, NULL = "uima.cas.Sofa", "uima.cas.View", "uima.cas.NULL"
NO_NAMESPACE = "uima.noNamespace"
_VERSION_1_1 = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml\s+version\s*=\s*["']1\.1["']""")
_CONTROL = re.compile(rb"&#(?:0*(?:[1-8]|1[124-9]|2[0-9]|3[01])|x0*(?:[1-8bcefBCEF]|1[0-9a-fA-F]));")
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MAX_INT = (1 << 31) - 1  # of Java, which xmi:id and offsets are read as


class NotXml(ValueError):
    """A file that cannot be read as XML: the line, what was found, what was expected."""

    def __init__(self, line: int, found: str, expected: str) -> None:
        super().__init__(found)
        self.line, self.found, self.expected = line, found, expected


class Element(NamedTuple):
    """A feature structure: its number, type with dots, features as they are written, those that are lists of texts, and its line."""

    id: int  # -1 where it has none
    type: str
    features: dict[str, str]
    texts: Mapping[str, list[str]] = MappingProxyType({})
    line: int = 0


def parse(data: bytes, root: str = "", deepest: int = 20) -> list[Element]:
    """The elements below the root of an XML file; ``root`` is what that must be, with its namespace.

    Below an element only its lists of texts are read; with ``deepest`` 3 there is nothing else. The features of another namespace than that
    of XMI have it in their name.

    Raises:
        NotXml: it is none, has a document type, or is nested too deep.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    found: list[Element] = []
    texts: dict[str, list[str]] = {}  # of the last
    path: list[str] = []
    text: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if not path and root and name != root:
            raise NotXml(parser.CurrentLineNumber, f"the root {printable(name)}", root)
        if len(path) >= deepest:
            raise NotXml(parser.CurrentLineNumber, "XML that is nested too deep", f"{deepest} levels or less")
        path.append(name)
        if len(path) == 2:
            own = {key: value for key, value in attributes.items() if not key.startswith(f"{XMI} ")}
            texts.clear()
            found.append(Element(number(attributes.get(f"{XMI} id")), _type_of(name), own, {}, parser.CurrentLineNumber))
        text.clear()

    def end(name: str) -> None:
        if len(path) == 3:
            texts.setdefault(name.rpartition(" ")[2], []).append("".join(text))
        elif len(path) == 2 and texts:
            found[-1] = found[-1]._replace(texts={key: list(own) for key, own in texts.items()})
        path.pop()

    def doctype(*_: Any) -> None:
        raise NotXml(parser.CurrentLineNumber, "a document type (DOCTYPE)", "XML without one: it could declare entities")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text.append, doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise NotXml(error.lineno, f"no XML ({expat.ErrorString(error.code)})", "XML 1.0") from None
    except (LookupError, UnicodeError) as error:
        raise NotXml(1, f"XML in an encoding that is not known ({error})", "UTF-8") from None
    return found


def without_controls(data: bytes) -> tuple[bytes, int]:
    """A file without the control characters that XML 1.1 can hold, and how many U+FFFD stand for instead: expat reads XML 1.0 alone."""
    return _CONTROL.subn(b"&#xFFFD;", data) if _VERSION_1_1.match(data) else (data, 0)


def number(text: str | None) -> int:
    """A number as Java writes it; -1 for what is none, or negative."""
    return int(text) if text and re.fullmatch("[0-9]{1,10}", text) and int(text) <= MAX_INT else -1


def _type_of(name: str) -> str:
    namespace, _, local = name.rpartition(" ")
    package = namespace.removeprefix("http:///").removesuffix(".ecore").replace("/", ".")
    return local if package in ("", NO_NAMESPACE) else f"{package}.{local}"


def fit(text: str) -> str:
    """A text without characters that XML cannot hold: U+FFFD stands in the place of each."""
    return _UNFIT.sub("\ufffd", text)


def written(elements: Iterable[Element], sofa: int, text: str, members: Iterable[int]) -> str:
    """An XMI file of one view: elements, the text, and which elements are in the index."""
    elements = sorted(elements)
    prefixes = _prefixes({element.type.rpartition(".")[0] or NO_NAMESPACE for element in elements})
    spaces = "".join(f' xmlns:{prefix}="http:///{package.replace(".", "/")}.ecore"' for package, prefix in prefixes.items())
    lines = [f'<xmi:XMI xmlns:xmi="{XMI}"{spaces} xmi:version="2.0">', '<cas:NULL xmi:id="0"/>']
    lines += [_line(element, prefixes) for element in elements]
    lines.append(f'<cas:Sofa xmi:id="{sofa}" sofaNum="1" sofaID="_InitialView" mimeType="text" sofaString={_attribute(text)}/>')
    lines.append(f'<cas:View sofa="{sofa}" members="{" ".join(map(str, sorted(members)))}"/>')
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + "\n".join([*lines, "</xmi:XMI>\n"])


def _prefixes(packages: Iterable[str]) -> dict[str, str]:
    """A prefix for each package: the last part of its name, with a number where that is taken."""
    found = {"uima.cas": "cas"}
    for package in sorted(set(packages) - {"uima.cas"}):
        last = re.sub("[^A-Za-z0-9]", "", package.rpartition(".")[2]) or "type"
        last = last if last[0].isalpha() and last.lower()[:3] not in ("xml", "xmi") else f"type{last}"
        names = (f"{last}{number or ''}" for number in range(len(found) + 1))
        found[package] = next(name for name in names if name not in found.values())
    return found


def _line(element: Element, prefixes: Mapping[str, str]) -> str:
    package, _, local = element.type.rpartition(".")
    name = f"{prefixes[package or NO_NAMESPACE]}:{local}"
    attributes = "".join(f" {key}={_attribute(value)}" for key, value in element.features.items())
    inner = "".join(
        f"<{key}>{escape(fit(text), {chr(13): '&#13;'})}</{key}>" for key, texts in element.texts.items() for text in texts
    )
    return f'<{name} xmi:id="{element.id}"{attributes}' + (f">{inner}</{name}>" if inner else "/>")


def _attribute(text: str) -> str:
    return quoteattr(fit(text))
