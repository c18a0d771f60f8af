"""A corpus without its texts: no words are left, check and `load_dataset` take it, and with the sources it is the old one, byte by byte."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from helpers import ARTICLE, CONFIG, TOP, contents, one_mention, write_config, write_document
from hypothesis import given, settings
from hypothesis import strategies as st
from signing import sign
from small_corpus import write_seeds

import corpus_tools
from corpus_tools.cli import main
from corpus_tools.compiler import compile_document
from corpus_tools.files import read_manifest
from corpus_tools.findings import CorpusError, UsageError
from corpus_tools.hydrationfile import HYDRATION
from corpus_tools.releasing.restoring import restore
from corpus_tools.releasing.spelling import sequences
from corpus_tools.releasing.textless import write_without_text
from corpus_tools.releasing.withholding import withhold
from corpus_tools.rules import check_bundle, tables_of
from corpus_tools.schemas import TABLES
from corpus_tools.seeds import read_config, read_seed, scan

RICH = TOP / "tests" / "data" / "rich"
SOURCES = (".txt", ".md")


def without_text(corpus: Path, folder: Path) -> Path:
    write_without_text(corpus, read_manifest(corpus), folder)
    return folder


def rows(corpus: Path, table: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (corpus / "jsonl" / f"{table}.jsonl").read_bytes().splitlines()]


def sources(seeds: Path, folder: Path) -> Path:
    """A reader's own copies: the sources alone."""
    folder.mkdir()
    for path in seeds.iterdir():
        if path.suffix in SOURCES:
            shutil.copy(path, folder)
    return folder


def built(seeds: Path, tmp: Path) -> Path:
    corpus_tools.build(seeds, tmp / "corpus")
    return tmp / "corpus"


@pytest.fixture(scope="module", params=["news", "small", "rich"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Seeds, their corpus, the corpus without its texts, and the sources; of the article and of two invented corpora."""
    tmp = tmp_path_factory.mktemp(request.param)
    seeds = {"news": TOP / "seeds", "rich": RICH}.get(request.param) or write_seeds(tmp / "seeds")
    corpus = TOP / "corpus" if request.param == "news" else built(seeds, tmp)
    return {
        "seeds": seeds,
        "corpus": corpus,
        "bare": without_text(corpus, tmp / "bare"),
        "sources": sources(seeds, tmp / "sources"),
    }


# ------------------------------------------------------------------------------------------------------ without text


def words_of_the_texts(made: dict[str, Path]) -> set[tuple[str, ...]]:
    texts = [path.read_bytes().decode() for path in made["sources"].iterdir()]
    texts += [row["text"] for row in rows(made["corpus"], "documents")]
    return {run for text in texts for run in sequences(text)}


def test_no_file_has_four_words_of_a_text_in_a_row(made: dict[str, Path]) -> None:
    import pyarrow.parquet as pq

    forbidden = words_of_the_texts(made)
    for path in made["bare"].rglob("*"):
        if path.is_file():
            found = sequences(path.read_bytes().decode("utf-8", "ignore"))
            if path.suffix == ".parquet":  # compressed: what a reader sees, and the statistics
                found |= sequences(json.dumps(pq.read_table(path).to_pylist(), ensure_ascii=False)) | sequences(statistics(path))
            assert not found & forbidden, path
    assert sequences((made["corpus"] / "README.md").read_text("utf-8")) - forbidden
    assert any(sequences(line) & forbidden for line in (made["corpus"] / "jsonl" / "claims.jsonl").read_text("utf-8").splitlines())


def statistics(path: Path) -> str:
    import pyarrow.parquet as pq

    groups = [pq.read_metadata(path).row_group(n) for n in range(pq.read_metadata(path).num_row_groups)]
    found = [group.column(n).statistics for group in groups for n in range(group.num_columns)]
    return " ".join(f"{each.min} {each.max}" for each in found if each and each.has_min_max)


def test_what_holds_words_is_null_and_the_rest_stands(made: dict[str, Path]) -> None:
    (status,) = {row["text_status"] for row in rows(made["bare"], "documents")}
    assert status == "withheld"
    for table in TABLES:
        for row, old in zip(rows(made["bare"], table), rows(made["corpus"], table), strict=True):
            assert list(row) == list(old)
            words = {"text", "title", "name", "edits", "attributes"} & row.keys()
            assert all(row[column] is None for column in words)
            assert all(fragment["text"] is None for fragment in row.get("fragments", []) + row.get("content", []))
            same = {"doc_id", "start", "end", "text_sha256", "source", "entity_id", "type", "cue", "paragraph_id"} & row.keys()
            offsets = lambda value: [(f["start"], f["end"]) for f in value] if isinstance(value, list) else value  # noqa: E731
            assert all(offsets(row[column]) == offsets(old[column]) for column in same)


def test_check_finds_nothing_and_says_what_it_could_not_check(made: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    for read in (None, "jsonl", "parquet"):
        assert corpus_tools.check(made["bare"], read=read) == []  # type: ignore[arg-type]
    with pytest.raises(SystemExit) as end:
        main(["check", str(made["bare"])])
    assert end.value.code == 0
    assert "no problems; where the text is withheld these rules could not be checked: edit-order, " in capsys.readouterr().out


def test_load_dataset_gives_every_table(made: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_DATASETS_OFFLINE", "1")
    for table in TABLES:
        loaded = [row for split in corpus_tools.load(table, made["bare"], None).values() for row in split]
        assert sorted(map(str, loaded)) == sorted(map(str, rows(made["bare"], table)))


def test_other_verbs_take_it(made: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    for row in rows(made["bare"], "documents"):
        with pytest.raises(SystemExit) as end:
            main(["show", row["doc_id"], str(made["bare"])])
        assert end.value.code == 0
    assert "(title withheld)" in capsys.readouterr().out
    corpus_tools.stats(made["bare"])
    with pytest.raises(CorpusError, match="withheld"):
        corpus_tools.export("brat", made["bare"], made["bare"].parent / "brat")


# ----------------------------------------------------------------------------------------------------------- hydrate


def test_with_the_sources_it_is_the_old_corpus_byte_by_byte(made: dict[str, Path], tmp_path: Path) -> None:
    before = contents(made["bare"])
    report = corpus_tools.hydrate(made["bare"], made["sources"], tmp_path / "whole")
    assert (report.partial, report.withheld, report.findings) == (0, 0, [])
    assert contents(made["bare"]) == before
    whole, old = contents(tmp_path / "whole"), contents(made["corpus"])
    assert {name: data and data[1] for name, data in whole.items()} == {name: data and data[1] for name, data in old.items()}


def test_copies_are_found_by_their_digest_where_their_names_differ(made: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "mine" / "inner").mkdir(parents=True)
    for number, path in enumerate(sorted(made["sources"].iterdir())):
        shutil.copy(path, tmp_path / "mine" / "inner" / f"{number}.html")
    assert corpus_tools.hydrate(made["bare"], tmp_path / "mine", tmp_path / "whole").findings == []


def differing(path: Path, old: str, new: str) -> None:
    data = path.read_bytes().decode()
    assert old in data
    path.write_bytes(data.replace(old, new, 1).encode())


def test_a_copy_that_differs_gives_the_paragraphs_that_agree(tmp_path: Path) -> None:
    bare, copies = without_text(TOP / "corpus", tmp_path / "bare"), sources(TOP / "seeds", tmp_path / "copies")
    differing(copies / f"{ARTICLE}.txt", "Remaining ISIS fighters", "The remaining ISIS fighters")
    (copies / f"{ARTICLE}.txt").write_bytes(
        b"\n\nAn advertisement.\n\n" + (copies / f"{ARTICLE}.txt").read_bytes().replace(b"\n", b"\r\n")
    )
    report = corpus_tools.hydrate(bare, copies, tmp_path / "part")
    (finding,) = report.findings
    assert (finding.rule, finding.record, report.partial) == ("copy-paragraph", "p5", 1)
    assert corpus_tools.check(tmp_path / "part") == []
    document, old = rows(tmp_path / "part", "documents")[0], rows(TOP / "corpus", "documents")[0]
    assert (document["text"], document["edits"], document["text_status"]) == (None, None, "partial")
    assert document["title"] == old["title"]
    for table in ("paragraphs", "mentions", "claims"):
        for row, other in zip(rows(tmp_path / "part", table), rows(TOP / "corpus", table), strict=True):
            if row["paragraph_id"] == "p5":
                assert row.get("text") is None
                assert all(fragment["text"] is None for fragment in row.get("content", []))
            else:
                assert row == other
    assert corpus_tools.hydrate(tmp_path / "part", TOP / "seeds", tmp_path / "whole").findings == []
    assert (tmp_path / "whole" / "manifest.json").read_bytes() == (TOP / "corpus" / "manifest.json").read_bytes()


def test_a_corrected_paragraph_is_taken_from_a_copy_that_differs(tmp_path: Path) -> None:
    seeds = write_config(tmp_path / "seeds")
    corrections = [{"quote": "helo", "replacement": "hello", "reason": "typing_error"}]
    write_document(seeds, "d", "Ada said helo.\n\nBob went.\n", one_mention(), corrections=corrections)
    bare = without_text(built(seeds, tmp_path), tmp_path / "bare")
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / "d.txt").write_text("Ada said helo.\n\nBob left.\n")
    report = corpus_tools.hydrate(bare, tmp_path / "copies", tmp_path / "part")
    assert [finding.record for finding in report.findings] == ["p2"]
    assert [row["text"] for row in rows(tmp_path / "part", "paragraphs")] == ["Ada said hello.", None]


def test_exit_status_and_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bare = without_text(TOP / "corpus", tmp_path / "bare")
    (tmp_path / "none").mkdir()
    with pytest.raises(SystemExit) as end:
        main(["hydrate", str(bare), str(tmp_path / "none"), str(tmp_path / "out")])
    assert end.value.code == 1
    told = capsys.readouterr()
    assert "0 documents with their text, 0 with a part of it, 1 without" in told.out
    assert f"copy-missing: no copy of the source of {ARTICLE}; expected {ARTICLE}.txt" in told.err
    assert corpus_tools.check(tmp_path / "out") == []


def test_a_note_that_nests_without_end_gives_no_traceback(tmp_path: Path) -> None:
    bare = without_text(TOP / "corpus", tmp_path / "bare")
    note = json.loads((bare / HYDRATION).read_text("utf-8"))
    note["values"][0]["json"] = ["[" * 100_000]
    (bare / HYDRATION).write_text(json.dumps(note) + "\n", "utf-8")
    sign(bare, "digests")
    report = corpus_tools.hydrate(bare, TOP / "seeds", tmp_path / "out")
    assert [finding.rule for finding in report.findings] == ["copy-digest"]


def test_without_a_reader_only_the_source_itself_will_do(tmp_path: Path) -> None:
    corpus = shutil.copytree(TOP / "corpus", tmp_path / "corpus")
    path = corpus / "jsonl" / "documents.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"text/markdown"', b'"text/nothing"'))
    sign(corpus)
    bare, copies = without_text(corpus, tmp_path / "bare"), sources(TOP / "seeds", tmp_path / "copies")
    assert corpus_tools.hydrate(bare, copies, tmp_path / "whole").findings == []
    differing(copies / f"{ARTICLE}.txt", "Remaining", "The remaining")
    (finding,) = corpus_tools.hydrate(bare, copies, tmp_path / "out").findings
    assert "no reader of text/nothing" in finding.found


@pytest.mark.parametrize("copy", [b"\xff\xfe", b"", b"\x00" * 7961])
def test_a_copy_of_anything_gives_no_traceback(copy: bytes, tmp_path: Path) -> None:
    bare = without_text(TOP / "corpus", tmp_path / "bare")
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / f"{ARTICLE}.txt").write_bytes(copy)
    report = corpus_tools.hydrate(bare, tmp_path / "copies", tmp_path / "out")
    assert {finding.rule for finding in report.findings} <= {"copy-digest", "copy-paragraph"}
    assert report.withheld == 1


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    bare = without_text(TOP / "corpus", tmp_path / "bare")
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / f"{ARTICLE}.txt").symlink_to(TOP / "seeds" / f"{ARTICLE}.txt")
    report = corpus_tools.hydrate(bare, tmp_path / "copies", tmp_path / "out")
    assert {finding.rule for finding in report.findings} == {"import-file", "copy-missing"}


def test_hydration_of_a_damaged_release_is_found(tmp_path: Path) -> None:
    bare = without_text(TOP / "corpus", tmp_path / "bare")
    note = json.loads((bare / HYDRATION).read_text("utf-8"))
    title = next(value for value in note["values"] if value["column"] == "title")
    title["json"] = ['"', [0, 6], '"']
    (bare / HYDRATION).write_text(json.dumps(note) + "\n", "utf-8")
    with pytest.raises(CorpusError, match="file-digest"):
        corpus_tools.hydrate(bare, TOP / "seeds", tmp_path / "out")
    sign(bare, "digests")
    report = corpus_tools.hydrate(bare, TOP / "seeds", tmp_path / "out")
    assert [(finding.rule, "documents" in finding.found) for finding in report.findings] == [("hydration", True)]


def test_what_cannot_be_hydrated_is_told(tmp_path: Path) -> None:
    bare = without_text(TOP / "corpus", tmp_path / "bare")
    with pytest.raises(UsageError, match="has its texts"):
        corpus_tools.hydrate(TOP / "corpus", TOP / "seeds", tmp_path / "out")
    with pytest.raises(UsageError, match="not a folder of sources"):
        corpus_tools.hydrate(bare, tmp_path / "nothing", tmp_path / "out")
    with pytest.raises(UsageError, match="not an empty folder"):
        corpus_tools.hydrate(bare, TOP / "seeds", bare)


def test_an_address_or_author_that_spells_the_text_is_withheld_and_comes_back(tmp_path: Path) -> None:
    seeds = write_config(tmp_path / "seeds")
    known = {"url": "https://example.org/ada-went-to-the-fair", "publisher": "The Fair News"}
    write_document(
        seeds, "d", "Ada went to the fair.\n\nBy Ana da Silva Santos\n", one_mention(), authors=["Ana da Silva Santos"], **known
    )
    corpus = built(seeds, tmp_path)
    (row,) = rows(without_text(corpus, tmp_path / "bare"), "documents")
    assert (row["url"], row["authors"], row["publisher"]) == (None, [], "The Fair News")
    assert corpus_tools.hydrate(tmp_path / "bare", seeds, tmp_path / "whole").findings == []
    assert rows(tmp_path / "whole", "documents") == rows(corpus, "documents")


def test_an_id_that_spells_the_text_refuses_the_release(tmp_path: Path) -> None:
    seeds = write_config(tmp_path / "seeds")
    annotations = one_mention("Bank of New York")
    annotations["entities"] = {"bank-of-new-york": {"type": "PERSON"}}
    annotations["paragraphs"]["p1"]["mentions"][0]["entity"] = "bank-of-new-york"
    write_document(seeds, "d", "The Bank of New York.\n", annotations)
    with pytest.raises(CorpusError, match='text-leak: "bank of new york" in what would be left in entities'):
        corpus_tools.release(built(seeds, tmp_path), tmp_path / "out", without_text=True)
    assert not (tmp_path / "out").exists()


SENTENCES = st.lists(st.text(alphabet='Aé😀b. *&<_\n"-1', min_size=0, max_size=25), min_size=1, max_size=4)


@settings(max_examples=60, deadline=None)
@given(parts=SENTENCES, title=st.text(alphabet='Aé😀b "', min_size=1, max_size=9).filter(str.strip))
def test_any_document_comes_back(parts: list[str], title: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    seeds = write_config(tmp_path_factory.mktemp("any"))
    write_document(seeds, "d", "\n\n".join([*parts, "End"]), suffix=".md", title=title)
    (files,), _ = scan(seeds)
    seed, _ = read_seed(files)
    assert seed
    bundle = compile_document(seed, read_config(seeds)[0].value).bundle
    assert bundle
    bare, note, forbidden = withhold(bundle)
    assert not check_bundle(bare, CONFIG)
    assert not sequences(json.dumps(note, ensure_ascii=False)) & forbidden
    whole, missing = restore(bare, json.loads(json.dumps(note)), seed.source)
    assert (tables_of(whole), missing) == (tables_of(bundle), [])
    restored = restore(bare, note, b"Another first block.\n\n" + seed.source).bundle  # most of it is still there
    assert [p.text for p in restored.paragraphs].count(None) < len(bundle.paragraphs)
