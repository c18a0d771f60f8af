"""What other tools take to load the same spans and compare each with its words. Every figure is a ratio within one run.

Each peer gets a file of its own form, written with its own library from the first documents of the grown corpus, and does what it can
do of our check: load all, and compare the text at the offsets of each span with the words beside it. None looks at a schema.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from test_check import from_json, schema_and_spans

from corpus_tools.records import Claim, Document, Mention
from corpus_tools.schemas import TABLES

Ratio = Callable[..., float]
DOCUMENTS = 40  # cassis takes most of a second for one


class Text(NamedTuple):
    """A document's text and the spans on it: start, end, the words there, a label."""

    doc_id: str
    text: str
    spans: list[tuple[int, int, str, str]]


@pytest.fixture(scope="module")
def few(grown: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first documents of the grown corpus, in the same form."""
    folder = tmp_path_factory.mktemp("few")
    (folder / "jsonl").mkdir()
    last = f"doc_{DOCUMENTS:08d}".encode()
    for table in TABLES:
        with (grown / "jsonl" / f"{table}.jsonl").open("rb") as lines:
            own = [line for line in lines if line.split(b'"', 4)[3] < last]
        (folder / "jsonl" / f"{table}.jsonl").write_bytes(b"".join(own))
    return folder


@pytest.fixture(scope="module")
def texts(few: Path) -> list[Text]:
    """The spans of these documents."""

    def rows(table: str, record: type) -> Iterator[Any]:
        return iter(msgspec.json.Decoder(record).decode_lines((few / "jsonl" / f"{table}.jsonl").read_bytes()))

    found = {d.doc_id: Text(d.doc_id, d.text or "", []) for d in rows("documents", Document)}
    for mention in rows("mentions", Mention):
        found[mention.doc_id].spans.extend((f.start, f.end, f.text, "mention") for f in mention.fragments)
    for claim in rows("claims", Claim):
        for label in ("content", "source", "cue", "scare_quotes"):
            found[claim.doc_id].spans.extend((f.start, f.end, f.text, label) for f in getattr(claim, label))
    return list(found.values())


@pytest.fixture
def against_ours(ratio: Ratio, few: Path, config: dict[str, Any]) -> Callable[[Callable[[], Any]], float]:
    """How many times longer a peer takes than schema and spans here, from JSON lines."""
    ours = lambda: schema_and_spans(from_json(few), config)  # noqa: E731
    return lambda peer: ratio(peer, ours, "schema and spans here", at_least=1, on={"documents": DOCUMENTS})


def test_datasets_json_loader(against_ours: Callable[[Callable[[], Any]], float], few: Path, tmp_path: Path) -> None:
    """`datasets`: its JSON loader with the features given, and a loop over the spans."""
    import datasets

    from corpus_tools.derive import features

    datasets.disable_progress_bars()
    rounds = iter(range(1_000))

    def peer() -> None:
        cache = str(tmp_path / f"cache{next(rounds)}")
        loaded = {
            table: datasets.load_dataset(
                "json", data_files=str(few / "jsonl" / f"{table}.jsonl"), split="train", features=features(table), cache_dir=cache
            )
            for table in TABLES[:-1]
        }
        by_id = {row["doc_id"]: row["text"] for row in loaded["documents"]}
        for table, names in (("mentions", ["fragments"]), ("claims", ["content", "source", "cue", "scare_quotes"])):
            for row in loaded[table]:
                for name in names:
                    for span in row[name]:
                        assert by_id[row["doc_id"]][span["start"] : span["end"]] == span["text"]

    against_ours(peer)


def test_stam(against_ours: Callable[[Callable[[], Any]], float], texts: list[Text], tmp_path: Path) -> None:
    """STAM: one store of all documents, from STAM JSON."""
    import stam

    store = stam.AnnotationStore(id="peer")
    for text in texts:
        resource = store.add_resource(id=text.doc_id, text=text.text)
        for start, end, words, label in text.spans:
            selector = stam.Selector.textselector(resource, stam.Offset.simple(start, end))
            store.annotate(
                selector, [{"set": "spans", "key": "words", "value": words}, {"set": "spans", "key": "label", "value": label}]
            )
    store.to_file(str(tmp_path / "peer.store.stam.json"))

    def peer() -> None:
        count = 0
        for annotation in stam.AnnotationStore(file=str(tmp_path / "peer.store.stam.json")).annotations():
            words = next(str(data.value()) for data in annotation if data.key().id() == "words")
            assert str(annotation) == words
            count += 1
        assert count == sum(len(text.spans) for text in texts)

    against_ours(peer)


def test_cassis(against_ours: Callable[[Callable[[], Any]], float], texts: list[Text], tmp_path: Path) -> None:
    """dkpro-cassis: an XMI file a document."""
    import cassis

    system = cassis.TypeSystem()
    span = system.create_type("peer.Span", "uima.tcas.Annotation")
    system.create_feature(span, "words", "uima.cas.String")
    system.create_feature(span, "label", "uima.cas.String")
    for text in texts:
        cas = cassis.Cas(system, sofa_string=text.text)
        cas.add_all([span(begin=start, end=end, words=words, label=label) for start, end, words, label in text.spans])
        cas.to_xmi(tmp_path / f"{text.doc_id}.xmi")

    def peer() -> None:
        for path in sorted(tmp_path.glob("*.xmi")):
            with path.open("rb") as file:
                cas = cassis.load_cas_from_xmi(file, typesystem=system)
            for annotation in cas.select("peer.Span"):
                assert annotation.get_covered_text() == annotation.words

    against_ours(peer)


@pytest.fixture(scope="module")
def doc_bin(texts: list[Text]) -> bytes:
    """The spans that begin and end with a token, as a DocBin; their words in the span's label beside them, since it has no other place."""
    import spacy
    from spacy.tokens import DocBin

    nlp = spacy.blank("en")
    docs = []
    for text in texts:
        doc = nlp.make_doc(text.text)
        spans = [doc.char_span(start, end, label=label, kb_id=words) for start, end, words, label in text.spans]
        doc.spans["spans"] = [span for span in spans if span is not None]
        docs.append(doc)
    data: bytes = DocBin(docs=docs).to_bytes()
    return data


def test_spacy(against_ours: Callable[[Callable[[], Any]], float], doc_bin: bytes, texts: list[Text]) -> None:
    """spaCy: a DocBin of all documents."""
    import spacy
    from spacy.tokens import DocBin

    nlp = spacy.blank("en")

    def peer() -> None:
        count = 0
        for doc in DocBin().from_bytes(doc_bin).get_docs(nlp.vocab):
            for span in doc.spans["spans"]:
                assert span.text == span.kb_id_
                count += 1
        assert count > 0.9 * sum(len(text.spans) for text in texts)

    against_ours(peer)


def test_bytes(benchmark: Any, few: Path, grown: Path, doc_bin: bytes, texts: list[Text]) -> None:
    """Parquet written; and how many bytes the same documents take. A DocBin lacks paragraphs, entities and the fields of claims."""
    from corpus_tools.tables import arrow_table, write_parquet

    lines = {table: (few / "jsonl" / f"{table}.jsonl").read_bytes() for table in TABLES}

    def parquet() -> int:
        for table, data in lines.items():
            write_parquet(few / f"{table}.parquet", arrow_table(table, data))
        return sum((few / f"{table}.parquet").stat().st_size for table in TABLES)

    size = benchmark.pedantic(parquet, rounds=1)
    sizes = {"jsonl": sum(map(len, lines.values())), "parquet": size, "docbin": len(doc_bin)}
    sizes["gzip"] = sum(len(gzip.compress(data, mtime=0)) for data in lines.values())
    benchmark.extra_info.update(documents=DOCUMENTS, bytes=sizes)
    assert size < sizes["gzip"] and size < sizes["docbin"]
