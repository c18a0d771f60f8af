"""The papers around the corpus: datasheet, card, citation, statement, and the figures in them."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest
import yaml

import corpus_tools
from corpus_tools import rules
from corpus_tools.card import CARD, LICENCE, card, pages
from corpus_tools.figures import check_marks, figures, fill, generated_documents, write_documents
from corpus_tools.findings import UsageError
from corpus_tools.records import Claim

TOP = Path(__file__).parents[1]
PAPERS = sorted([*TOP.glob("*.md"), *TOP.glob("docs/*.md"), TOP / "CITATION.cff"])
QUESTIONS = (TOP / "tests/data/datasheet_questions.txt").read_text("utf-8")


def config() -> dict[str, Any]:
    return yaml.safe_load((TOP / "seeds/corpus.yaml").read_text("utf-8"))


def rows(table: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (TOP / f"corpus/jsonl/{table}.jsonl").read_text("utf-8").splitlines()]


def shipped_manifest() -> dict[str, Any]:
    return json.loads((TOP / "corpus/manifest.json").read_text("utf-8"))


# ------------------------------------------------------------------------------------------------------ datasheet


def asked_and_answered(datasheet: str) -> list[tuple[str, str]]:
    """The headings and questions of a datasheet in order, each question with its answer."""
    found = []
    for section in re.split(r"^(?=##)", datasheet, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        if heading.startswith("## "):
            found.append((heading, ""))
            continue
        rest = re.match(r"\n_(.+?)_\n\n", body, re.DOTALL)
        question = " ".join([heading.removeprefix("### "), *(rest[1].split() if rest else [])])
        found.append((question, body[rest.end() if rest else 0 :].strip()))
    return found


def test_the_datasheet_asks_every_published_question_in_its_words_and_order() -> None:
    published = [line for line in QUESTIONS.splitlines()[1:] if line]
    assert sum(not line.startswith("##") for line in published) == 57
    asked = [question for question, _ in asked_and_answered((TOP / "DATASHEET.md").read_text("utf-8"))]
    assert asked == published


def test_every_question_of_the_datasheet_has_an_answer() -> None:
    answers = asked_and_answered((TOP / "DATASHEET.md").read_text("utf-8"))
    assert [question for question, answer in answers if not answer and not question.startswith("## ")] == []


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_a_paper_has_no_identifier_or_address_that_nobody_gave(paper: Path) -> None:
    text = paper.read_text("utf-8")
    assert not re.search(r"\b10\.\d{4,9}/|doi\.org|orcid|zenodo|\S@\w+\.\w", text, re.IGNORECASE)
    known = ("https://keepachangelog.com/", "https://semver.org/", "https://docs.", "https://huggingface.co/docs", "http://c.d")
    assert [url for url in re.findall(r"https?://\S+", text) if not url.startswith(known)] == []


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_a_file_or_make_target_that_a_paper_names_is_there(paper: Path) -> None:
    text = paper.read_text("utf-8")
    targets = re.findall(r"^([a-z-]+):", (TOP / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert [t for names in re.findall(r"\bmake((?: [a-z-]+)+)`", text) for t in names.split() if t not in targets] == []
    text = re.sub(r"`` .*? ``", "", text)  # messages on other corpora
    paths = set(re.findall(r"\b(?:docs|schema|seeds|src|tests|corpus)/[\w./-]*\w\b(?![*<])|\b[A-Z]+\.(?:md|json|cff)\b", text))
    assert [path for path in sorted(paths) if not (TOP / path).exists()] == []


def test_the_rule_that_contributors_are_shown_reports_what_it_says() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (TOP / "CONTRIBUTING.md").read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {**vars(rules), "rule": lambda function: function}
    exec("from __future__ import annotations\n" + code, names)
    claim = corpus_tools.load("claims", TOP / "corpus")[0]
    empty = Claim(**claim | {"annotator": "ann", "claim_id": "c1", "content": []})
    bundle = SimpleNamespace(document=SimpleNamespace(doc_id="d"), claims=[empty])
    assert [str(f) for f in names["claim_has_content"](bundle, {})] == [
        "d ann/c1: claim-has-content: no content; expected one fragment or more"
    ]


# ------------------------------------------------------------------------------------------------------- citation


def cff_errors(text: str) -> list[str]:
    from check_jsonschema.builtin_schemas import get_builtin_schema

    schema = get_builtin_schema("vendor.citation-file-format")
    assert schema["$id"].endswith("/1.2.0/schema.json")
    checker = jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())
    return [error.message for error in checker.iter_errors(yaml.safe_load(text))]


def test_the_citation_file_is_valid_by_its_schema() -> None:
    assert cff_errors((TOP / "CITATION.cff").read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("type: dataset", "type: corpus"),
        ("license: CC-BY-4.0", "license: CC BY"),
        ('"2017-11-21"', '"21 November"'),
        ("title: At", "name: At"),
    ],
)
def test_a_wrong_citation_file_is_refused(right: str, wrong: str) -> None:
    text = (TOP / "CITATION.cff").read_text("utf-8")
    assert right in text
    assert cff_errors(text.replace(right, wrong, 1)) != []


def test_citation_corpus_package_and_changelog_have_one_version() -> None:
    citation = yaml.safe_load((TOP / "CITATION.cff").read_text("utf-8"))
    package = re.search(r'^version = "(.*)"$', (TOP / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    change = re.search(r"^## .*\n\n?(?:Version (\S+),|)", (TOP / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    released = re.search(r"^## \[(\d\S*)\]", (TOP / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert package and change
    newest = change[1] or (released and released[1])
    assert {citation["version"], citation["references"][0]["version"], package[1], newest} == {config()["version"]}


def test_the_citation_is_that_of_the_corpus_and_its_article() -> None:
    citation, (document,) = yaml.safe_load((TOP / "CITATION.cff").read_text("utf-8")), rows("documents")
    assert (citation["title"], citation["license"]) == (config()["title"], config()["license"])
    article = citation["references"][1]
    assert (article["title"], article["date-published"]) == (document["title"], document["published"])
    assert [f"{a['given-names']} {a['family-names']}" for a in article["authors"]] == document["authors"]


def test_the_changelog_is_in_the_form_that_it_names() -> None:
    text = (TOP / "CHANGELOG.md").read_text("utf-8")
    headings = re.findall(r"^##? .*$", text, re.MULTILINE)
    assert headings[0] == "# Changelog"
    assert all(re.fullmatch(r"## \[(Unreleased|\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d)\]?", heading) for heading in headings[1:])
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(re.findall(r"^### (.*)$", text, re.MULTILINE)) <= kinds


# ----------------------------------------------------------------------------------------------------------- card


def hub_metadata(text: str) -> dict[str, Any]:
    """The metadata of a card as the Hub's own library reads it."""
    from huggingface_hub import DatasetCard

    return DatasetCard(text, ignore_metadata_errors=False).data.to_dict()


def resource(name: str) -> Any:
    """A list of allowed values that the library `datasets` ships."""
    import datasets

    return json.loads((Path(datasets.__file__).parent / "utils/resources" / f"{name}.json").read_text("utf-8"))


def assert_metadata_known(metadata: dict[str, Any]) -> None:
    from datasets.utils.metadata import MetadataConfigs, known_task_ids
    from huggingface_hub import DatasetCardData

    data = DatasetCardData(**metadata)
    assert data.to_dict() == metadata
    assert set(metadata["size_categories"]) <= set(resource("size_categories"))
    assert set(metadata.get("annotations_creators", ())) <= set(resource("creators")["annotations"])
    assert set(metadata["language"]) <= set(resource("languages"))
    assert set(metadata["multilinguality"]) <= set(resource("multilingualities"))
    assert set(metadata.get("task_categories", ())) <= set(known_task_ids)
    assert re.fullmatch(r"[a-z0-9][a-z0-9.-]*[a-z0-9]", metadata["license_name"])
    assert (metadata["license"], metadata["license_link"]) == ("other", "LICENSE.md")
    assert MetadataConfigs.from_dataset_card_data(data).get_default_config_name() == "documents"


def test_the_metadata_of_the_card_are_what_the_hub_knows() -> None:
    metadata = hub_metadata((TOP / "corpus/README.md").read_text("utf-8"))
    assert_metadata_known(metadata)
    assert (metadata["annotations_creators"], metadata["source_datasets"]) == (["machine-generated"], ["original"])
    assert (metadata["language"], metadata["size_categories"]) == (["en"], ["n<1K"])
    assert metadata["task_ids"] == ["named-entity-recognition", "coreference-resolution"]


def test_the_licence_that_the_card_links_is_in_the_corpus_and_leaves_the_text_to_its_publisher() -> None:
    text = (TOP / "corpus" / hub_metadata((TOP / "corpus/README.md").read_text("utf-8"))["license_link"]).read_text("utf-8")
    assert "The annotations: CC-BY-4.0." in text
    assert "belongs to its publisher" in text and "unknown" in text


@pytest.mark.parametrize(
    ("rows", "category"),
    [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (10**7, "10M<n<100M"), (10**12 - 1, "100B<n<1T"), (10**12, "n>1T")],
)
def test_the_size_category_counts_documents(rows: int, category: str) -> None:
    manifest = shipped_manifest()
    manifest["tables"]["documents"]["rows"] = rows
    assert hub_metadata(card(manifest))["size_categories"] == [category]


def code_blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (TOP / "corpus/README.md").read_text("utf-8"), re.DOTALL)


def test_the_card_loads_every_table_as_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import datasets

    monkeypatch.chdir(TOP)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path)
    (code,) = code_blocks("python")
    names: dict[str, Any] = {}
    exec(code, names)
    assert {table: dataset.num_rows for table, dataset in names["corpus"].items()} == {t: len(rows(t)) for t in names["tables"]}


def test_the_query_on_the_card_runs_in_duckdb(monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb = pytest.importorskip("duckdb")
    monkeypatch.chdir(TOP)
    (code,) = code_blocks("sql")
    kinds = [claim["source_kind"] for claim in rows("claims")]
    assert duckdb.sql(code).fetchall() == [(kind, kinds.count(kind)) for kind in sorted(set(kinds))]


def write_foreign_seeds(folder: Path) -> None:
    folder.mkdir()
    corpus = {key: config()[key] for key in ("entity_types", "claim_types", "relation_types")} | {
        "name": "other",
        "title": "Briefe: eine\nSammlung",
        "version": "2.10.0",
        "description": "Two letters.",
        "license": "Apache-2.0 OR MIT",
        "rights": "Written for this test.",
        "annotators": {"ana": "A person."},
        "entity_types": {"SHIP": "ships"},
        "annotations_creators": ["expert-generated"],
        "source_datasets": ["extended|letters"],
        "annotation_process": "Ana read aloud.",
        "limits": ["Two letters are few."],
    }
    (folder / "corpus.yaml").write_text(yaml.safe_dump(corpus), "utf-8")
    for name, language, split in (("a", "pt-BR", "train"), ("b", "de", "test")):
        source = f"Letter {name}.\n".encode()
        (folder / f"{name}.txt").write_bytes(source)
        digest = hashlib.sha256(source).hexdigest()
        metadata = {"title": name, "language": language, "rights": "none", "split": split, "sha256": digest}
        (folder / f"{name}.meta.yaml").write_text(yaml.safe_dump(metadata), "utf-8")


def test_the_card_of_another_corpus_speaks_of_that_corpus_alone(tmp_path: Path) -> None:
    write_foreign_seeds(tmp_path / "seeds")
    corpus_tools.build(tmp_path / "seeds", tmp_path / "corpus")
    assert corpus_tools.check(tmp_path / "corpus") == []
    text = (tmp_path / "corpus" / CARD).read_text("utf-8") + (tmp_path / "corpus" / LICENCE).read_text("utf-8")
    metadata = hub_metadata((tmp_path / "corpus" / CARD).read_text("utf-8"))
    assert_metadata_known(metadata)
    assert (metadata["language"], metadata["language_details"]) == (["de", "pt"], ["de", "pt-BR"])
    assert (metadata["license_name"], metadata["multilinguality"]) == ("annotations-apache-2.0-or-mit", ["multilingual"])
    assert "task_categories" not in metadata and "tags" not in metadata
    for said in (
        "# Briefe: eine Sammlung\n",
        "Ana read aloud.",
        "- Two letters are few.",
        "`SHIP`: ships",
        "`train` (1), `test` (1)",
    ):
        assert said in text
    (document,) = rows("documents")
    for foreign in ("machine-generated", "language model", "article", "CC-BY", "PERSON", document["publisher"], document["doc_id"]):
        assert foreign not in text.replace("What the block does in the article.", "")


def test_a_card_without_the_optional_statements_says_that_they_are_missing() -> None:
    manifest = shipped_manifest()
    for key in ("annotation_process", "annotations_creators", "source_datasets", "limits", "tags"):
        del manifest["corpus"][key]
    text = card(manifest)
    assert_metadata_known(hub_metadata(text))
    assert "The process is not described." in text and "None are stated." in text


@pytest.mark.parametrize("page", [CARD, LICENCE])
def test_check_reports_a_page_that_was_changed(page: str, tmp_path: Path) -> None:
    write_foreign_seeds(tmp_path / "seeds")
    corpus_tools.build(tmp_path / "seeds", tmp_path / "corpus")
    path = tmp_path / "corpus" / page
    path.write_text(path.read_text("utf-8").replace("Written for this test.", "Public domain."), "utf-8")
    assert {finding.rule for finding in corpus_tools.check(tmp_path / "corpus")} == {"file-digest", "card"}


def test_the_pages_are_those_of_the_manifest() -> None:
    assert pages(shipped_manifest()) == {name: (TOP / "corpus" / name).read_text("utf-8") for name in (CARD, LICENCE)}


# -------------------------------------------------------------------------------------------------------- figures


def test_every_generated_figure_and_block_in_the_documents_is_fresh() -> None:
    for path, content in generated_documents(TOP).items():
        assert (TOP / path).read_text("utf-8") == content, f"{path} is stale: make generate"


def test_figures_are_counts_of_the_rows() -> None:
    known, claims, mentions = figures(TOP / "corpus"), rows("claims"), rows("mentions")
    (document,) = rows("documents")
    assert known["claims.rows"] == str(len(claims))
    assert known["claims.source_kind.named"] == str(sum(claim["source_kind"] == "named" for claim in claims))
    assert known["claims.attitude.doubts"] == "0"
    assert known["claims.parent_id"] == str(sum(claim["parent_id"] is not None for claim in claims))
    assert known["claims.relations.type.supports"] == str(sum(r["type"] == "supports" for c in claims for r in c["relations"]))
    assert known["mentions.metonymic"] == str(sum(mention["metonymic"] for mention in mentions))
    assert known["entities.type.PERSON"] == str(sum(entity["type"] == "PERSON" for entity in rows("entities")))
    assert known["paragraphs.sentences"] == str(sum(len(paragraph["sentences"]) for paragraph in rows("paragraphs")))
    assert known["documents.edits.reason.lost_hyphen"] == str(sum(e["reason"] == "lost_hyphen" for e in document["edits"]))
    assert known["text.code_points"] == f"{len(document['text']):,}"
    assert known["source.bytes"] == f"{(TOP / 'seeds' / document['source']['file']).stat().st_size:,}"


def test_a_stale_figure_and_a_stale_block_are_written_anew() -> None:
    text = (
        "<!-- figure: claims.rows -->49<!-- /figure --> of 50\n<!-- generated: fields.claims -->\nstale text\n<!-- /generated -->\n"
    )
    fresh = fill(text, {"claims.rows": "50"})
    assert fresh.startswith("<!-- figure: claims.rows -->50<!-- /figure --> of 50\n<!-- generated: fields.claims -->\n| field |")
    assert "stale" not in fresh and fresh.endswith(" |\n<!-- /generated -->\n")
    assert fill(fresh, {"claims.rows": "50"}) == fresh


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "a\n<!-- figure: claim.rows -->1<!-- /figure -->",
            'x.md:2: mark: claim.rows; expected the name of a figure or block; nearest: "claims.rows"',
        ),
        (
            "<!-- generated: rule -->\n<!-- /generated -->",
            'x.md:1: mark: rule; expected the name of a figure or block; nearest: "rules"',
        ),
        ("<!-- figure: claims.rows -->1", "x.md:1: mark: <!-- figure alone; expected its other half"),
        ("a\nb\n<!-- /generated -->", "x.md:3: mark: <!-- /generated alone; expected its other half"),
    ],
)
def test_a_mark_that_cannot_be_filled_is_reported_with_its_line(text: str, said: str) -> None:
    assert [str(finding) for finding in check_marks("x.md", text, {"claims.rows": "50"})] == [said]


def checkout(folder: Path, **documents: str) -> Path:
    """A folder with the shipped corpus and some documents."""
    (folder / "corpus").symlink_to(TOP / "corpus")
    (folder / "docs").mkdir()
    for name, text in documents.items():
        (folder / f"{name.replace('_', '/')}.md").write_text(text, "utf-8")
    return folder


def test_generation_writes_the_documents_of_all_folders(tmp_path: Path) -> None:
    top = checkout(
        tmp_path, README="<!-- figure: claims.rows -->?<!-- /figure -->", docs_a="<!-- figure: corpus.version --><!-- /figure -->"
    )
    write_documents(top)
    assert f"-->{len(rows('claims'))}<!--" in (top / "README.md").read_text("utf-8")
    assert f"-->{config()['version']}<!--" in (top / "docs/a.md").read_text("utf-8")


def test_a_wrong_mark_stops_the_generation_and_all_are_named(tmp_path: Path) -> None:
    top = checkout(
        tmp_path, README="<!-- figure: nothing -->", docs_a="<!-- /figure -->", X="<!-- figure: claims.rows -->?<!-- /figure -->"
    )
    with pytest.raises(UsageError) as error:
        write_documents(top)
    assert [line.split(":")[0] for line in str(error.value).splitlines()] == ["README.md", "docs/a.md"]
    assert "?" in (top / "X.md").read_text("utf-8")


def test_make_generate_writes_schemas_and_documents() -> None:
    recipe = (TOP / "Makefile").read_text("utf-8").partition("\ngenerate:")[2].partition("\n\n")[0]
    assert "-m corpus_tools.generating" in recipe and "-m corpus_tools.figures" in recipe
