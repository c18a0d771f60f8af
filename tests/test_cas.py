"""UIMA CAS: files that dkpro-cassis writes, as INCEpTION has them, and that nothing of them is lost."""

from __future__ import annotations

import re
import sys
import tempfile
import warnings
import zipfile
from collections import Counter
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import cassis
import pytest
from corpora import CONFIG, bundles_of, comparable, compiled, fragment, rich_corpus, seed
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_tools
from corpus_tools.exporting import _Losses
from corpus_tools.findings import CorpusError, UsageError
from corpus_tools.formats import format_named
from corpus_tools.formats.cas.names import CHAIN, LINK, METADATA, NAMED_ENTITY, SENTENCE
from corpus_tools.formats.cas.xmi import NotXml, fit, parse
from corpus_tools.importing import ImportReport
from corpus_tools.rules import Bundle

CAS = format_named("cas")
TOKEN = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token"
LEMMA = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Lemma"
TEXT = "Ada 👩‍🚀 said: it rains.\nBob denied that.\n\nAda came back & she left; “so what”.\n"


# ------------------------------------------------------------------------------------------- files as INCEpTION has them


@cache
def types() -> cassis.TypeSystem:
    """DKPro Core with layers that somebody made: a span with a list of links, and a relation."""
    system = cassis.load_dkpro_core_typesystem()
    system.create_type("custom.Span", "uima.tcas.Annotation")
    system.create_feature("custom.Span", "label", "uima.cas.String")
    system.create_type("webanno.custom.Event", "uima.tcas.Annotation")
    system.create_type("webanno.custom.EventArgsLink", "uima.cas.TOP")
    system.create_feature("webanno.custom.EventArgsLink", "role", "uima.cas.String")
    system.create_feature("webanno.custom.EventArgsLink", "target", "uima.tcas.Annotation")
    system.create_feature("webanno.custom.Event", "args", "uima.cas.FSArray", elementType="webanno.custom.EventArgsLink")
    system.create_feature("webanno.custom.Event", "notes", "uima.cas.StringArray")
    system.create_feature("webanno.custom.Event", "sure", "uima.cas.Double")
    system.create_type("webanno.custom.Rel", "uima.tcas.Annotation")
    system.create_feature("webanno.custom.Rel", "Governor", NAMED_ENTITY)
    system.create_feature("webanno.custom.Rel", "Dependent", NAMED_ENTITY)
    system.create_feature("webanno.custom.Rel", "label", "uima.cas.String")
    system.create_feature(NAMED_ENTITY, "confidence", "uima.cas.Double")
    system.create_type(METADATA, "uima.tcas.DocumentAnnotation")
    for name in ("documentTitle", "documentId", "documentUri"):
        system.create_feature(METADATA, name, "uima.cas.String")
    return system


class Builder:
    """Makes a CAS by words."""

    def __init__(self, text: str = TEXT) -> None:
        self.types = types()
        self.cas = cassis.Cas(self.types, sofa_string=text, sofa_mime="text")
        self.text = text

    def add(self, type: str, words: str = "", nth: int = 1, **features: Any) -> Any:
        start = -1
        for _ in range(nth if words else 0):
            start = self.text.index(words, start + 1)
        place = {"begin": start, "end": start + len(words)} if words else {}
        found = self.types.get_type(type)(**place, **features)
        self.cas.add(found)
        return found

    def loose(self, type: str, **features: Any) -> Any:
        """One that is not in the index."""
        return self.types.get_type(type)(**features)

    def write(self, folder: Path, name: str = "a.xmi") -> Path:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        self.cas.to_xmi(folder / name)
        self.types.to_xml(folder / "TypeSystem.xml")
        return folder


def project(builder: Builder) -> Builder:
    """What a project in INCEpTION has of a document."""
    for match in re.finditer(r"\w+|[^\w\s]", builder.text):
        if match[0] != "\u200d":
            token = builder.types.get_type(TOKEN)(begin=match.start(), end=match.end(), order=0)
            builder.cas.add(token)
    for match in re.finditer(r"[^\n]+", builder.text):
        builder.cas.add(builder.types.get_type(SENTENCE)(begin=match.start(), end=match.end()))
    builder.add(LEMMA, "rains", value="rain")
    whole = {"begin": 0, "end": len(builder.text)}
    builder.add(METADATA, documentTitle="A & B", documentId="admin", documentUri="file:/x/a.txt", language="en", **whole)
    ada = builder.add(NAMED_ENTITY, "Ada", value="PER", identifier="http://www.wikidata.org/entity/Q7259")
    again = builder.add(NAMED_ENTITY, "Ada", 2, value="PER", confidence=0.5)
    bob = builder.add(NAMED_ENTITY, "Bob", value="PER")
    builder.add(NAMED_ENTITY, "rains")
    builder.add(NAMED_ENTITY, "that.\n\nAda", value="LOC")
    she = builder.add(LINK, "she", referenceType="pronoun", referenceRelation="anaphoric")
    of_ada = builder.add(LINK, "Ada", 2, next=she, referenceType="nam")
    builder.add(CHAIN, first=of_ada)
    builder.add("custom.Span", "it rains", label="fact")
    links = [builder.loose("webanno.custom.EventArgsLink", role=role, target=one) for role, one in (("who", ada), ("what", bob))]
    notes = builder.types.get_type("uima.cas.StringArray")(elements=["one  two", "<&>"])
    args = builder.types.get_type("uima.cas.FSArray")(elements=links)
    builder.add("webanno.custom.Event", "denied", args=args, notes=notes, sure=0.25)
    builder.add("webanno.custom.Rel", "Bob", Governor=again, Dependent=bob, label="knows")
    return builder


def content(cas: cassis.Cas) -> Counter[str]:
    """What a CAS says: every element with what it refers to by type and place; but no numbers."""

    def told(value: Any, depth: int = 0) -> Any:
        if isinstance(value, list):
            return [told(one, depth) for one in value]
        if not hasattr(value, "type"):
            return value
        if hasattr(value, "elements"):
            return told(value.elements, depth)
        place = (getattr(value, "begin", None), getattr(value, "end", None))
        names = sorted(f.name for f in value.type.all_features if f.name not in ("sofa", "begin", "end"))
        own = {name: told(value[name], depth + 1) for name in names if value[name] is not None} if depth < 4 else {}
        return value.type.name, place, own

    return Counter(str(told(one)) for one in cas.select_all_fs())


def loaded(file: Path, folder: Path) -> cassis.Cas:
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        system = cassis.load_typesystem(folder / "TypeSystem.xml")
        return cassis.load_cas_from_xmi(file, system)


def imported(folder: Path, keep_going: bool = False) -> tuple[ImportReport, Bundle]:
    seeds = folder.parent / f"{folder.name}-seeds"
    report = corpus_tools.import_("cas", folder, seeds, keep_going)
    return report, bundles_of(seeds)[0]


def exported(folder: Path, bundles: list[Bundle]) -> tuple[Path, Counter[str]]:
    folder.mkdir()
    losses = _Losses(CAS)
    return folder, CAS.write(losses.count(iter(bundles)), CONFIG | {"claim_types": {}}, folder)


def test_a_document_of_inception_comes_in_and_out_again(tmp_path: Path):
    builder = project(Builder())
    report, bundle = imported(builder.write(tmp_path / "in", "annotation/a.txt/admin.xmi"))
    assert (bundle.document.doc_id, bundle.document.title, bundle.document.language) == ("a", "A & B", "en")
    mentions = [(m.annotator, m.text, m.level) for m in bundle.mentions]
    assert mentions == [("admin", words, None) for words in ("Ada", "it rains", "rains", "Bob", "Ada")] + [
        ("admin", "she", "pronoun")
    ]
    types = {entity.entity_id: entity.type for entity in bundle.entities}
    assert [types[m.entity_id] for m in bundle.mentions] == ["PER", "fact", "Untyped", "PER", "PER", "PER"]
    assert bundle.mentions[4].entity_id == bundle.mentions[5].entity_id != bundle.mentions[0].entity_id
    assert report.counts["NamedEntity"] == {"foreign (in several paragraphs)": 1, "mention": 4}
    assert report.counts["CoreferenceChain"] == {"coreference": 1}
    assert report.counts["CoreferenceLink"] == {"coreference": 1, "mention": 1}
    assert report.counts["DocumentMetaData"] == {"title and language, and foreign": 1}
    assert sum(n for outcomes in report.counts.values() for n in outcomes.values()) == len(list(builder.cas._find_all_fs()))
    out, lost = exported(tmp_path / "out", [bundle])
    assert not lost["foreign"]
    before, after = content(builder.cas), content(loaded(out / "annotation" / "a.txt" / "admin.xmi", out))
    assert before - after == Counter()
    assert all(".Paragraph'" in line for line in after - before)


def test_a_chain_that_records_contradict_goes_and_is_counted(tmp_path: Path):
    _, bundle = imported(project(Builder()).write(tmp_path / "in"))
    seeds = next((tmp_path / "in-seeds").glob("a.*.jsonl"))
    she = next(m for m in bundle.mentions if m.text == "she")
    bob = next(m for m in bundle.mentions if m.text == "Bob")
    lines = [
        line.replace(f'"entity_id":"{she.entity_id}"', f'"entity_id":"{bob.entity_id}"') if f'"{she.mention_id}"' in line else line
        for line in seeds.read_text("utf-8").splitlines()
    ]
    seeds.write_text("\n".join(lines) + "\n", "utf-8")
    out, lost = exported(tmp_path / "out", bundles_of(tmp_path / "in-seeds"))
    assert lost["foreign"] == 3  # the chain and both links
    cas = loaded(next(out.rglob("*.xmi")), out)
    assert not cas.select(CHAIN) and not cas.select(LINK)
    found = {(one.get_covered_text(), one.identifier) for one in cas.select(NAMED_ENTITY)}
    assert {("she", f"#{bob.entity_id}"), ("Bob", f"#{bob.entity_id}")} <= found


def test_what_refers_to_a_record_that_is_gone_goes_with_it(tmp_path: Path):
    _, bundle = imported(project(Builder()).write(tmp_path / "in"))
    bob = next(m for m in bundle.mentions if m.text == "Bob")
    mentions = [m for m in bundle.mentions if m != bob]
    entities = [e for e in bundle.entities if e.entity_id != bob.entity_id]
    out, lost = exported(tmp_path / "out", [replace(bundle, mentions=mentions, entities=entities)])
    assert lost["foreign"] == 3  # the relation, the link, the event with that link
    loaded(next(out.rglob("*.xmi")), out)


def test_a_changed_record_is_written_as_it_is_now(tmp_path: Path):
    _, bundle = imported(project(Builder()).write(tmp_path / "in"))
    ada = next(e for e in bundle.entities if e.entity_id.startswith("Q") or e.type == "PER")
    seeds = next((tmp_path / "in-seeds").glob("a.*.jsonl"))
    lines = [
        line.replace('"PER"', '"ORG"') if f'"{ada.entity_id}"' in line else line for line in seeds.read_text("utf-8").splitlines()
    ]
    seeds.write_text("\n".join(lines) + "\n", "utf-8")
    config = tmp_path / "in-seeds" / "corpus.yaml"
    config.write_text(config.read_text("utf-8").replace("  PER:", "  ORG: x\n  PER:"), "utf-8")
    out, lost = exported(tmp_path / "out", bundles_of(tmp_path / "in-seeds"))
    values = {(one.get_covered_text(), one.value) for one in loaded(next(out.rglob("*.xmi")), out).select(NAMED_ENTITY)}
    assert ("Ada", "ORG") in values and not lost["foreign"]


def test_the_layers_of_claims_can_be_read_by_cassis(tmp_path: Path):
    out, _ = exported(tmp_path / "out", rich_corpus())
    cas = loaded(out / "annotation" / "news.txt" / "ann.xmi", out)
    claim = next(one for one in cas.select("webanno.custom.Claim") if one.recordId == "c2")
    assert (claim.value, claim.attitude) == ("denial", "denies")
    assert [link.target.get_covered_text() for link in claim.content.elements] == ["Ada", "in a “land\r\nbridge”"]
    assert [link.target.recordId for link in claim.parent.elements] == ["c4"]
    assert {"EmptyText": loaded(out / "annotation" / "empty.txt" / "INITIAL_CAS.xmi", out).sofa_string} == {"EmptyText": ""}


@settings(max_examples=10, deadline=None)
@given(st.text("ab 😀👩\u200d🚀é\n", min_size=1, max_size=20), st.data())
def test_spans_are_those_of_cassis(text: str, data: st.DataObject):
    builder = Builder(text)
    spans = data.draw(st.lists(st.tuples(*[st.integers(0, len(text))] * 2).map(sorted), max_size=4, unique_by=tuple))
    for number, (start, end) in enumerate(spans):
        builder.cas.add(builder.types.get_type("custom.Span")(begin=start, end=end, label=f"L{number}"))
    with tempfile.TemporaryDirectory() as folder:
        report, bundle = imported(builder.write(Path(folder, "in")))
        assert sum(report.counts.get("Span", {}).values()) == len(spans)
        types = {entity.entity_id: entity.type for entity in bundle.entities}
        for mention in bundle.mentions:
            start, end = spans[int(types[mention.entity_id][1:])]
            assert mention.text.split() == text[start:end].split()
        out, lost = exported(Path(folder, "out"), [bundle])
        written = loaded(next(out.rglob("*.xmi")), out)
        there = written.select("custom.Span") if spans else []
        assert {(one.begin, one.end) for one in there} == {tuple(span) for span in spans}
        assert not lost["foreign"] and written.sofa_string == text


def test_a_span_that_begins_between_paragraphs_keeps_its_place(tmp_path: Path):
    builder = Builder("a\n\nb c")
    for start, end, label in ((1, 4, "X"), (3, 4, "Y")):
        builder.cas.add(builder.types.get_type("custom.Span")(begin=start, end=end, label=label))
    report, bundle = imported(builder.write(tmp_path / "in"))
    assert [mention.text for mention in bundle.mentions] == ["b", "b"]
    assert report.notes["lists of fragments trimmed to their paragraphs"] == 1
    out, _ = exported(tmp_path / "out", [bundle])
    assert content(builder.cas) - content(loaded(next(out.rglob("*.xmi")), out)) == Counter()


def test_what_xml_cannot_hold_is_replaced_one_for_one_and_counted(tmp_path: Path):
    text = "Ada\x0c is\x00 here\ufffe."
    records = [
        {"table": "entities", "entity_id": "e", "type": "PERSON"},
        {"table": "mentions", "mention_id": "m", "entity_id": "e", "fragments": [fragment(text, "here")]},
    ]
    out, lost = exported(tmp_path / "out", compiled([seed("a", text.encode(), {"ann": records})]))
    assert lost["documents.source"] == 1
    _, bundle = imported(out)
    assert bundle.document.text == "Ada\ufffd is\ufffd here\ufffd." and bundle.mentions[0].text == "here"


@given(st.text())
def test_what_is_written_can_be_read(text: str):
    clean = fit(text)
    assert len(clean) == len(text)
    for name in ("sofaString", "other"):
        from xml.sax.saxutils import quoteattr

        (element,) = parse(f"<r><e {name}={quoteattr(clean)}/></r>".encode("utf-8", "surrogatepass"))
        assert element.features == {name: clean}


# --------------------------------------------------------------------------------------------------- files and folders


def file_of(text: str, inner: str, members: str | None = None) -> str:
    """An XMI file with elements written by hand."""
    view = "" if members is None else f'<cas:View sofa="1" members="{members}"/>'
    spaces = 'xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore" xmlns:custom="http:///custom.ecore" '
    spaces += 'xmlns:type="http:///de/tudarmstadt/ukp/dkpro/core/api/ner/type.ecore"'
    sofa = f'<cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" sofaString="{text}"/>'
    return f'<xmi:XMI {spaces} xmi:version="2.0">\n{inner}\n{sofa}\n{view}</xmi:XMI>'


def span(number: int, begin: Any, end: Any, more: str = 'label="X"') -> str:
    return f'<custom:Span xmi:id="{number}" sofa="1" begin="{begin}" end="{end}" {more}/>\n'


def folder_with(path: Path, **files: str | bytes) -> Path:
    path.mkdir(exist_ok=True)
    for name, data in files.items():
        (path / name.replace("__", ".")).write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def zipped(**files: bytes | str) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", ".").replace("___", "/"), data)
    return buffer.getvalue()


def test_offsets_that_are_no_span_are_findings_and_the_others_are_imported(tmp_path: Path):
    bad = [(2, 3), (0, 99), (-1, 2), (3, 1), ("x", 2), (0, "9" * 30), ("", 1)]
    inner = span(10, 0, 1) + "".join(span(20 + number, *place) for number, place in enumerate(bad))
    report, bundle = imported(folder_with(tmp_path / "in", a__xmi=file_of("a😀b c", inner)), keep_going=True)
    assert [mention.text for mention in bundle.mentions] == ["a"]
    assert report.counts["Span"] == {"mention": 1, "refused (import-span)": len(bad)}
    assert [(f.rule, f.line) for f in report.findings] == [("import-span", 3 + number) for number in range(len(bad))]
    first = report.findings[0]
    assert (
        first.found == "Span 20: utf16 unit offset 2 is inside a character"
        and first.expected == "a span of the text (6 UTF-16 units)"
    )
    assert report.findings[1].found == "Span 21: utf16 unit offset 99 is past the end of the text (6)"


@pytest.mark.parametrize(
    ("element", "rule", "found"),
    [
        (span(10, 0, 1) + span(10, 1, 2), "import-line", "Span 10: the xmi:id 10 again"),
        ('<custom:Span sofa="1" begin="0" end="1"/>', "import-line", "Span -1: no xmi:id of its own"),
        (span(2, 0, 1).replace('sofa="1"', 'sofa="7"'), "import-line", "Span 2: an element of the view"),
        ('<cas:FSArray xmi:id="3" elements="4 5"/>', "import-reference", "FSArray 3: refers to 4, which is not there"),
        ('<cas:FSArray xmi:id="3" elements="x"/>', "import-reference", "FSArray 3: refers to what is no number"),
    ],
)
def test_elements_that_are_not_sound_are_refused_with_their_line(tmp_path: Path, element: str, rule: str, found: str):
    report, _ = imported(folder_with(tmp_path / "in", a__xmi=file_of("abc", element)), keep_going=True)
    (finding,) = report.findings
    assert finding.rule == rule and finding.found.startswith(found) and finding.line in (2, 3)


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("data", "finding"),
    [
        (f"<?xml version='1.0'?>\n{BOMB}<x>&b;</x>", "a.xmi:2: import-line: a document type (DOCTYPE)"),
        (OUTSIDE + "<x>&a;</x>", "a.xmi:1: import-line: a document type (DOCTYPE)"),
        ((OUTSIDE + "<x>&a;</x>").encode("utf-16"), "a.xmi:1: import-line: a document type (DOCTYPE)"),
        ("<x/>", "a.xmi:1: import-line: the root x; expected http://www.omg.org/XMI XMI"),
        ("", "a.xmi:1: import-line: no XML (no element found)"),
        (file_of("a", "<b>"), "a.xmi:4: import-line: no XML (mismatched tag)"),
        (file_of("a", "<a>" * 100_000), "a.xmi:2: import-line: XML that is nested too deep"),
        (file_of("a&b;", ""), "a.xmi:3: import-line: no XML (undefined entity)"),
        (file_of("a&#12;", ""), "a.xmi:3: import-line: no XML (reference to invalid character number)"),
        (file_of("a", "").replace("cas:Sofa", "cas:Other"), "a.xmi:1: import-line: a CAS without text"),
        (b'<?xml version="1.0" encoding="nowhere"?><x/>', "a.xmi:1: import-line: "),
        (b"\xff\xfe\xfa", "a.xmi:1: import-line: "),
    ],
)
def test_what_is_no_file_of_a_cas_is_refused_with_its_line(tmp_path: Path, data: str | bytes, finding: str):
    with pytest.raises(CorpusError) as error:
        imported(folder_with(tmp_path / "in", a__xmi=data))
    assert str(error.value).removeprefix(f"{tmp_path}/in/").startswith(finding)


@pytest.mark.parametrize(
    ("types", "finding"),
    [
        (BOMB + "<x/>", "a document type (DOCTYPE)"),
        ("<x", "no XML"),
        ("<x>" * 5000, "nested too deep"),
        (
            "<t><typeDescription><name>a</name><supertypeName>b</supertypeName></typeDescription></t>",
            "a type system that cannot be read",
        ),
        (
            "<t><typeDescription><name>a</name><supertypeName>a</supertypeName></typeDescription></t>",
            "a type system that cannot be read",
        ),
    ],
)
def test_type_systems_are_not_trusted(tmp_path: Path, types: str, finding: str):
    with pytest.raises(CorpusError, match=r"TypeSystem\.xml:1: import-file: ") as error:
        imported(folder_with(tmp_path / "in", a__xmi=file_of("a", ""), TypeSystem__xml=types))
    assert finding in str(error.value)


def test_zip_files_with_their_type_system(tmp_path: Path):
    written = project(Builder()).write(tmp_path / "x")
    data = {"admin.xmi": (written / "a.xmi").read_bytes(), "TypeSystem.xml": (written / "TypeSystem.xml").read_bytes()}
    folder = tmp_path / "in" / "annotation" / "b.txt"
    folder.mkdir(parents=True)
    (folder / "webanno123export.zip").write_bytes(zipped(**data))
    (folder / "eve.zip").write_bytes(zipped(**{**data, "admin.xmi": b""}, **{"eve.xmi": data["admin.xmi"]}))
    report, bundle = imported(tmp_path / "in", keep_going=True)
    assert (bundle.document.doc_id, {m.annotator for m in bundle.mentions}) == ("b", {"admin"}) or {
        m.annotator for m in bundle.mentions
    } == {"admin", "eve"}
    assert [finding.rule for finding in report.findings] == ["import-line"]


def test_zip_files_are_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    import corpus_tools.formats.cas.files as files

    good = file_of("a b", span(3, 0, 1))
    monkeypatch.setattr(files, "MAX_FILE_BYTES", 100_000)
    folder = folder_with(
        tmp_path / "in",
        bomb__zip=zipped(a__xmi="a" * 1_000_000),
        none__zip=zipped(a__txt="a"),
        broken__zip=zipped(a__xmi=good)[:-30],
        torn__zip=zipped(a__xmi=good).replace(b"PK\x03\x04", b"PK\x03\x05", 1),
        good__zip=zipped(**{"../../a.xmi": good}),
    )
    report, bundle = imported(folder, keep_going=True)
    assert {Path(f.path).name for f in report.findings} == {"bomb.zip", "none.zip", "broken.zip", "torn.zip"}
    assert bundle.document.doc_id == "a" and [m.text for m in bundle.mentions] == ["a"]
    assert not list(tmp_path.parent.glob("a.xmi"))


def test_control_characters_of_xml_1_1_are_replaced_one_for_one_and_counted(tmp_path: Path):
    """As INCEpTION exports a PDF file, whose text may have such characters."""
    text = "Ada &#1;met&#x1F;&#x0c; Bob&#10;&#x9;&amp;#1;"
    data = file_of("TEXT", span(7, 5, 8), "7").replace("TEXT", text)
    file = folder_with(tmp_path, a__xmi='<?xml version="1.1" encoding="UTF-8"?>' + data)
    report, bundle = imported(file)
    assert bundle.document.text.startswith("Ada \ufffdmet\ufffd\ufffd Bob")
    assert [mention.text for mention in bundle.mentions] == ["met"]
    assert report.notes["control characters of XML 1.1, for which U+FFFD stands"] == 3
    with pytest.raises(CorpusError, match="invalid character number"):
        imported(folder_with(tmp_path / "one", a__xmi='<?xml version="1.0" encoding="UTF-8"?>' + data))


def test_annotators_of_one_document_have_one_text(tmp_path: Path):
    folder = tmp_path / "in" / "annotation" / "a.txt"
    folder.mkdir(parents=True)
    for name, text in (("ann", "a b"), ("bob", "a b"), ("eve", "a c")):
        (folder / f"{name}.xmi").write_text(file_of(text, span(3, 0, 1)), "utf-8")
    report, bundle = imported(tmp_path / "in", keep_going=True)
    assert [m.annotator for m in bundle.mentions] == ["ann", "bob"]
    assert [f.found for f in report.findings] == ["a text that is not that of the other annotators"]


def test_any_number_may_be_that_of_the_text(tmp_path: Path):
    """INCEpTION gives the text a number such as 12, and others the first."""
    element = '<custom:Other xmi:id="1" sofa="12" begin="0" end="1" note="n"/>'
    text = file_of("a b", element + span(3, 2, 3).replace('sofa="1"', 'sofa="12"')).replace('Sofa xmi:id="1"', 'Sofa xmi:id="12"')
    _, bundle = imported(folder_with(tmp_path / "in", a__xmi=text))
    out, _ = exported(tmp_path / "out", [bundle])
    cas = loaded(next(out.rglob("*.xmi")), out)
    assert [(one.xmiID, one.get_covered_text(), one.note) for one in cas.select("custom.Other")] == [(1, "a", "n")]
    assert [(one.xmiID, one.get_covered_text()) for one in cas.select("custom.Span")] == [(3, "b")]


def test_arrays_and_lists_of_numbers_are_no_references(tmp_path: Path):
    arrays = [
        ("Integer", "13 -24"),
        ("Long", "2516571677013944794"),
        ("Double", "0.5"),
        ("Byte", "42DB"),
        ("Boolean", "true false"),
    ]
    inner = "".join(f'<cas:{name}Array xmi:id="{n}" elements="{own}"/>' for n, (name, own) in enumerate(arrays, 20))
    inner += '<cas:FSArray xmi:id="6" elements="0 21 6"/><cas:FSArray xmi:id="7"/><cas:EmptyFSList xmi:id="10"/>'
    inner += '<cas:NonEmptyFSList xmi:id="8" head="20" tail="9"/><cas:NonEmptyFSList xmi:id="9" head="6" tail="10"/>'
    inner += '<cas:NonEmptyIntegerList xmi:id="11" head="-7" tail="12"/><cas:EmptyIntegerList xmi:id="12"/>'
    report, bundle = imported(folder_with(tmp_path / "in", a__xmi=file_of("a", inner)))
    assert set(report.counts) == {*(f"{name}Array" for name, _ in arrays), "FSArray", "EmptyFSList", "NonEmptyFSList"} | {
        "NonEmptyIntegerList",
        "EmptyIntegerList",
    }
    out, lost = exported(tmp_path / "out", [bundle])
    assert not lost["foreign"]
    written = parse(next(out.rglob("*.xmi")).read_bytes())
    assert {(e.id, tuple(e.features.items())) for e in parse(file_of("a", inner).encode()) if 5 < e.id < 30} <= {
        (e.id, tuple(e.features.items())) for e in written
    }


def test_one_file_is_imported_alone(tmp_path: Path):
    folder = folder_with(tmp_path / "in", a__xmi=file_of("a b", span(3, 0, 1)), b__xmi=file_of("c", ""))
    report, bundle = imported(folder / "a.xmi")
    assert report.documents == 1 and [m.text for m in bundle.mentions] == ["a"]


def test_sentences_that_cannot_be_ours_come_out_again_with_the_others(tmp_path: Path):
    builder = Builder("A b. C d.\n\nE f.\n\nG h.")
    spans = {"ann": [(0, 4), (5, 9), (11, 21)], "bob": [(0, 9), (11, 15), (17, 21)]}
    for annotator, own in spans.items():
        builder = Builder(builder.text)
        for start, end in own:
            builder.cas.add(builder.types.get_type(SENTENCE)(begin=start, end=end))
        builder.write(tmp_path / "in", f"annotation/a.txt/{annotator}.xmi")
    report, bundle = imported(tmp_path / "in")
    assert report.counts["Sentence"] == {"foreign": 4, "sentence, and foreign": 2}
    assert [len(paragraph.sentences) for paragraph in bundle.paragraphs] == [2, 1, 1]
    out, _ = exported(tmp_path / "out", [bundle])
    for annotator, own in spans.items():
        cas = loaded(out / "annotation" / "a.txt" / f"{annotator}.xmi", out)
        assert [(one.begin, one.end) for one in cas.select(SENTENCE)] == own


def test_only_what_is_in_the_index_is_a_mention(tmp_path: Path):
    folder = folder_with(tmp_path / "in", a__xmi=file_of("a b", span(3, 0, 1) + span(4, 2, 3), "3"))
    report, bundle = imported(folder)
    assert report.counts["Span"] == {"foreign": 1, "mention": 1}
    out, _ = exported(tmp_path / "out", [bundle])
    cas = loaded(next(out.rglob("*.xmi")), out)
    assert [one.get_covered_text() for one in cas.select("custom.Span")] == ["a"]


def test_without_the_extra_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "cassis", None)
    with pytest.raises(UsageError, match=r"pip install 'corpus-tools\[cas\]'"):
        corpus_tools.import_("cas", tmp_path, tmp_path / "seeds")


# --------------------------------------------------------------------------------------------------------------- fuzz

_GOOD = project(Builder())
_XMI: str = _GOOD.cas.to_xmi()
_TYPES: str = _GOOD.types.to_xml()
_VALUES = ["", "0", "1", "2", "-1", "99999999999", "x", "3 4", "Ada", "true", "&#10;", "&amp;", "😀"]


@settings(max_examples=10, deadline=None)
@given(st.data())
def test_any_damaged_file_gives_documents_and_findings(data: st.DataObject):
    text = _XMI
    for _ in range(data.draw(st.integers(1, 4))):
        match data.draw(st.sampled_from(["value", "number", "cut", "insert", "drop"])):
            case "value" | "number" as kind:
                pattern = r'="[^"]*"' if kind == "value" else r'(?<=[ "])[0-9]+(?=[ "])'
                places = [match.span() for match in re.finditer(pattern, text)]
                start, end = data.draw(st.sampled_from(places or [(0, 0)]))
                value = data.draw(st.sampled_from(_VALUES)) if kind == "value" else str(data.draw(st.integers(0, 60)))
                text = text[:start] + (f'="{value}"' if kind == "value" else value) + text[end:]
            case "drop":
                places = [match.span() for match in re.finditer(r"<[^/?][^>]*/>", text)]
                start, end = data.draw(st.sampled_from(places or [(0, 0)]))
                text = text[:start] + text[end:]
            case "cut":
                text = text[: data.draw(st.integers(0, len(text)))]
            case "insert":
                at = data.draw(st.integers(0, len(text)))
                text = text[:at] + data.draw(st.sampled_from(["<", ">", "&", '"', "<a>", "</a>", "\x00", "<!--", "é"])) + text[at:]
    with tempfile.TemporaryDirectory() as folder:
        files = folder_with(Path(folder, "in"), a__xmi=text, b__xmi=_XMI, TypeSystem__xml=_TYPES)
        report = corpus_tools.import_("cas", files, Path(folder, "seeds"), keep_going=True)
        assert report.documents >= 1
        assert all(finding.path and finding.line and finding.found for finding in report.findings)
        bundles = bundles_of(Path(folder, "seeds"))
        out, _ = exported(Path(folder, "out"), bundles)
        assert not corpus_tools.import_("cas", out, Path(folder, "seeds2")).findings
        there, back = (comparable(own, CAS.loses, "") for own in (bundles, bundles_of(Path(folder, "seeds2"))))
        assert all(there[table] == back[table] for table in ("paragraphs", "entities", "mentions", "claims"))


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.binary(max_size=60), st.text("<>/=\"'& a!?[]-:", max_size=60).map(str.encode)))
def test_any_bytes_are_elements_or_no_xml(data: bytes):
    try:
        parse(data)
    except NotXml as error:
        assert error.found and error.expected
