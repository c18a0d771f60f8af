"""Whoever corrupts a corpus is found out: as is, and after covering the tracks. The kinds are in tests/mutations/."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations.corpora import TOP, rich, shipped, sign_all, sign_files, write_changes
from mutations.kinds import all_kinds
from mutations.report import page
from mutations.run import corpora, run_all, whole_findings

from corpus_tools.checking import check
from corpus_tools.findings import Finding, UsageError
from corpus_tools.tables import MANIFEST


@pytest.fixture(scope="module")
def outcomes():
    return {outcome.name: outcome for outcome in run_all()}


@pytest.mark.slow
@pytest.mark.parametrize("kind", all_kinds())
def test_every_try_is_caught_as_is_and_re_signed(kind, outcomes):
    assert outcomes[kind].tries
    assert outcomes[kind].missed == []


@pytest.mark.slow
@pytest.mark.parametrize("rule", sorted({rule for kind in all_kinds().values() for rule in kind.rules}))
def test_every_rule_that_a_kind_names_catches_something(rule, outcomes):
    assert any(rule in outcomes[kind.name].rules for kind in all_kinds().values() if rule in kind.rules)


@pytest.mark.slow
def test_the_page_of_the_corruptions_is_fresh(outcomes):
    """Of kinds on Parquet files the counts may differ with the version of pyarrow."""
    wanted, there = (_comparable(text) for text in (page(outcomes.values()), (TOP / "docs" / "mutations.md").read_text("utf-8")))
    assert there == wanted, "make mutations"


def _comparable(text):
    on_records = {f"`{kind.name}`" for kind in all_kinds().values() if kind.on_document}
    rows = [line.split(" | ") for line in text.splitlines() if not line.endswith(" tries.")]
    return [cells if len(cells) < 3 or cells[0].removeprefix("| ") in on_records else cells[:2] for cells in rows]


@pytest.mark.parametrize("corpus", [shipped(), rich()], ids=lambda corpus: corpus.name)
def test_an_untouched_corpus_has_no_findings(corpus, tmp_path):
    write_changes(tmp_path, {}, corpus.files)
    for read in (None, "jsonl", "parquet"):
        assert check(tmp_path, corpus.seeds, read) == []


@pytest.mark.parametrize("corpus", [shipped(), rich()], ids=lambda corpus: corpus.name)
def test_re_signing_an_untouched_corpus_changes_nothing(corpus):
    assert sign_all(corpus.files) == corpus.files
    assert sign_files(corpus.files) == corpus.files


def test_the_rich_corpus_has_all_that_it_is_there_for():
    corpus = rich()
    documents = [doc["documents"][0] for doc in corpus.docs.values()]
    assert len({document["split"] for document in documents}) == 3
    assert {edit["reason"] for d in documents for edit in d["edits"]} == {"markup", "whitespace", "encoding", "lost_hyphen"}
    assert any(len(m["fragments"]) > 1 for doc in corpus.docs.values() for m in doc["mentions"])
    assert len({m["annotator"] for doc in corpus.docs.values() for m in doc["mentions"]}) == 2
    assert max(max(document["text"]) for document in documents) > "\uffff"
    assert corpus.manifest["shards"] == 2


# ---------------------------------------------------------------------------------------------------------- any bytes

RICH = rich()
DAMAGE = st.tuples(st.sampled_from(["over", "in", "cut", "whole"]), st.floats(0, 1), st.binary(min_size=1, max_size=40))


def damaged(data: bytes, how: str, place: float, new: bytes) -> bytes:
    """Bytes with others over or between them from some place on, cut there, or replaced as a whole."""
    at = int(place * len(data))
    match how:
        case "over":
            return data[:at] + new + data[at + len(new) :]
        case "in":
            return data[:at] + new + data[at:]
        case "cut":
            return data[:at]
        case _:
            return new


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("rich")
    write_changes(folder, {}, RICH.files)
    return folder


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(RICH.files)),
    st.lists(DAMAGE, min_size=1, max_size=3),
    st.booleans(),
    st.sampled_from([None, "jsonl", "parquet"]),
)
def test_whatever_the_bytes_check_gives_findings_and_no_traceback(folder, name, damages, signed, read):
    data = RICH.files[name]
    for damage in damages:
        data = damaged(data, *damage)
    files = RICH.files | {name: data}
    files = sign_files(files) if signed and name != MANIFEST else files
    write_changes(folder, RICH.files, files)
    try:
        findings = check(folder, RICH.seeds, read)
        assert all(isinstance(finding, Finding) and str(finding) for finding in findings)
        unread = {"jsonl": ("data/",), "parquet": ("jsonl/",)}.get(read or "", ())
        assert findings or data == RICH.files[name] or signed or name.startswith(unread)
    except UsageError:
        assert not (folder / MANIFEST).is_file()
    finally:
        write_changes(folder, files, RICH.files)


# --------------------------------------------------------------------------------------------------------------- slow


@pytest.mark.thorough
def test_every_try_is_caught_at_every_place():
    outcomes = run_all(thorough=True)
    assert [f"{outcome.name}: {miss}" for outcome in outcomes for miss in outcome.missed] == []


@pytest.mark.thorough
@pytest.mark.parametrize("corpus", corpora(), ids=lambda corpus: corpus.name)
@pytest.mark.parametrize("kind", [name for name, kind in all_kinds().items() if kind.on_document])
def test_a_re_signed_folder_is_found_out_as_its_document_is(kind, corpus):
    """The fast run checks one document in memory; here every tenth try is written as a whole corpus."""
    for name, findings in whole_findings(all_kinds()[kind], corpus, step=10):
        assert findings, name
