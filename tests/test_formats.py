"""What every format must do. A new format is tested by being there: by its module in the folder, or by its entry point."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest
from corpora import CONFIG, bundles_of, comparable, compiled, documents, rich_corpus, seed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import corpus_tools
from corpus_tools.exporting import _Losses
from corpus_tools.findings import CorpusError, UsageError
from corpus_tools.formats import format_named, format_names, losses_table, own_formats
from corpus_tools.inputs import MAX_FILE_BYTES
from corpus_tools.rules import Bundle

EXAMPLES = Path(__file__).parents[1] / "docs" / "examples"


@pytest.fixture(scope="module", autouse=True)
def example_package(tmp_path_factory: pytest.TempPathFactory):
    """Installs docs/examples/lines.py as somebody's package would be: with an entry point."""
    folder = tmp_path_factory.mktemp("site")
    info = folder / "lines_format-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lines-format\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[corpus_tools.formats]\nlines = lines_format\nbroken = no_such_module\n")
    (folder / "lines_format.py").write_text((EXAMPLES / "lines.py").read_text("utf-8"), "utf-8")
    sys.path.insert(0, str(folder))
    yield
    sys.path.remove(str(folder))


@pytest.fixture(params=[*format_names(), "lines"])
def name(request: pytest.FixtureRequest) -> str:
    return request.param


def exported(name: str, bundles: list[Bundle], folder: Path) -> Path:
    out = folder / "out"
    out.mkdir()
    format_named(name).write(_Losses(format_named(name)).count(iter(bundles)), CONFIG, out)
    return out


def round_trip(name: str, bundles: list[Bundle]) -> list[Bundle]:
    with tempfile.TemporaryDirectory() as folder:
        report = corpus_tools.import_(name, exported(name, bundles, Path(folder)), Path(folder, "seeds"))
        assert not [o for outcomes in report.counts.values() for o in outcomes if o.startswith("refused")]
        return bundles_of(Path(folder, "seeds"))


# --------------------------------------------------------------------------------------------------------- round trip


def test_all_that_is_not_declared_lost_comes_back(name: str):
    bundles, loses = rich_corpus(), format_named(name).loses
    back = round_trip(name, bundles)
    assert comparable(back, loses, name) == comparable(bundles, loses, name)


def test_all_that_is_declared_lost_is_lost(name: str):
    bundles, loses = rich_corpus(), dict(format_named(name).loses)
    back = round_trip(name, bundles)
    for key in loses:
        others = {other: why for other, why in loses.items() if other != key}
        if key.partition(".")[2] not in ("entity_id", "mention_id", "claim_id"):  # an id may happen to be the same
            assert comparable(back, others, name) != comparable(bundles, others, name), f"{key} is not lost"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seeds=st.lists(documents(), max_size=3, unique_by=lambda s: s.doc_id))
def test_any_corpus_in_plain_text_comes_back(name: str, seeds):
    bundles, loses = compiled(seeds), format_named(name).loses
    assert comparable(round_trip(name, bundles) if bundles else [], loses, name) == comparable(bundles, loses, name)


def test_a_built_corpus_comes_back_through_the_public_functions(name: str, tmp_path: Path):
    first = corpus_tools.import_(name, exported(name, rich_corpus(), tmp_path), tmp_path / "seeds")
    corpus_tools.build(tmp_path / "seeds", tmp_path / "corpus")
    assert corpus_tools.check(tmp_path / "corpus", tmp_path / "seeds") == []
    report = corpus_tools.export(name, tmp_path / "corpus", tmp_path / "again")
    assert report.documents == first.documents
    second = corpus_tools.import_(name, tmp_path / "again", tmp_path / "seeds2")
    assert second.records == first.records
    assert (tmp_path / "seeds" / "news.txt").read_bytes() == (tmp_path / "seeds2" / "news.txt").read_bytes()


# -------------------------------------------------------------------------------------------------------- declarations


def test_losses_name_tables_and_columns(name: str):
    known = {f"{table}.{column}" for table in corpus_tools.schemas.TABLES for column in corpus_tools.derive.fields(table)}
    assert set(format_named(name).loses) <= known | set(corpus_tools.schemas.TABLES)
    assert format_named(name).offset_unit in ("code_point", "utf8_byte", "utf16_unit")
    assert format_named(name).name == name


def test_a_lossy_export_counts_what_is_lost(name: str, tmp_path: Path):
    format, bundles = format_named(name), rich_corpus()
    losses = _Losses(format)
    counted = format.write(losses.count(iter(bundles)), CONFIG, tmp_path)
    lost = losses.report(counted)
    assert lost["foreign"].records == 1  # what is foreign to this format
    for table in ("entities", "mentions", "claims"):
        if table in format.loses:
            assert lost[table].records == sum(len(getattr(bundle, table)) for bundle in bundles)
    assert all(loss.why for loss in lost.values())


def test_the_table_of_losses_has_a_line_for_each():
    assert {"lines", "broken", *own_formats()} == set(format_names())
    expected = sum(len(format_named(name).loses) for name in own_formats())
    assert len(losses_table(own_formats()).splitlines()) == expected + 2


# ------------------------------------------------------------------------------------------------------- hostile input


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200))
def test_any_bytes_give_documents_or_findings(name: str, data: bytes):
    with tempfile.TemporaryDirectory() as folder:
        for suffix in format_named(name).suffixes:
            Path(folder, f"x{suffix}").write_bytes(data)
        try:
            corpus_tools.import_(name, folder, Path(folder, "seeds"), keep_going=True)
        except CorpusError as error:
            assert all(finding.path and finding.found and finding.line for finding in error.findings)


def test_a_link_that_leads_out_is_refused_and_the_others_are_imported(name: str, tmp_path: Path):
    out = exported(name, rich_corpus(), tmp_path)
    secret = tmp_path / "secret"
    secret.mkdir()
    for suffix in format_named(name).suffixes:
        (secret / f"s{suffix}").write_text("secret")
        (out / f"link{suffix}").symlink_to(secret / f"s{suffix}")
    (out / "folder").symlink_to(secret)
    with pytest.raises(CorpusError, match="import-file: a link that leads out of the folder"):
        corpus_tools.import_(name, out, tmp_path / "seeds")
    assert not (tmp_path / "seeds").exists()
    report = corpus_tools.import_(name, out, tmp_path / "seeds", keep_going=True)
    assert report.findings and report.documents
    assert all(b"secret" not in path.read_bytes() for path in (tmp_path / "seeds").iterdir())


def test_a_huge_file_is_refused_unread(name: str, tmp_path: Path):
    for suffix in format_named(name).suffixes:
        with (tmp_path / f"x{suffix}").open("wb") as file:
            file.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(CorpusError, match="cut it into several"):
        corpus_tools.import_(name, tmp_path, tmp_path / "seeds")


def test_what_is_no_file_is_refused_unread(name: str, tmp_path: Path):
    for suffix in format_named(name).suffixes:
        os.mkfifo(tmp_path / f"x{suffix}")
    with pytest.raises(CorpusError, match="no regular file"):
        corpus_tools.import_(name, tmp_path, tmp_path / "seeds")


def test_an_empty_folder_is_no_corpus(name: str, tmp_path: Path):
    (tmp_path / "in").mkdir()
    with pytest.raises(CorpusError, match="no document"):
        corpus_tools.import_(name, tmp_path / "in", tmp_path / "seeds")


# -------------------------------------------------------------------------------------------------------- wrong use


def test_unknown_and_broken_formats_and_folders_in_use_are_wrong_use(tmp_path: Path):
    (tmp_path / "x").write_text("")
    with pytest.raises(UsageError, match=r'no format line;.*nearest: "lines"'):
        corpus_tools.import_("line", tmp_path, tmp_path / "seeds")
    with pytest.raises(UsageError, match="broken cannot be loaded"):
        corpus_tools.import_("broken", tmp_path, tmp_path / "seeds")
    with pytest.raises(UsageError, match="not found"):
        corpus_tools.import_("lines", tmp_path / "nowhere", tmp_path / "seeds")
    with pytest.raises(UsageError, match="not an empty folder"):
        corpus_tools.import_("lines", tmp_path, tmp_path)
    with pytest.raises(UsageError, match="not an empty folder"):
        corpus_tools.export("lines", EXAMPLES.parents[1] / "corpus", tmp_path)


def test_ids_are_made_of_names(tmp_path: Path):
    for number, stem in enumerate(["Über uns", "uber-uns", "UBER-UNS", "a..b", "日本", "中国"]):
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / f"{stem}.txt").write_text(f"text {number}", "utf-8")
        (tmp_path / "in" / f"{stem}.spans").write_text("")
    report = corpus_tools.import_("lines", tmp_path / "in", tmp_path / "seeds")
    ids = {path.name.removesuffix(".meta.yaml") for path in (tmp_path / "seeds").glob("*.meta.yaml")}
    assert ids == {"UBER-UNS", "uber-uns-2", "Uber-uns-3", "a..b", "document", "document-2"}
    assert set(report.names) == ids - {"UBER-UNS", "a..b"}
    assert "title: Über uns\n" in (tmp_path / "seeds" / "Uber-uns-3.meta.yaml").read_text("utf-8")


def test_equal_texts_are_named(tmp_path: Path):
    bundles = compiled([seed("a", b"same", {}), seed("b", b"same", {}), seed("c", b"other", {})])
    report = corpus_tools.import_("lines", exported("lines", bundles, tmp_path), tmp_path / "seeds")
    assert report.same_text == [["a", "b"]]
