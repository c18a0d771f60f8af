"""Counts of a corpus."""

import pytest
from small_corpus import write_seeds

import corpus_tools
from corpus_tools import CorpusError, UsageError, cli


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stats")
    corpus_tools.build(write_seeds(folder / "seeds"), folder / "corpus")
    return folder / "corpus"


def test_every_table_is_counted_by_split_and_language(corpus):
    stats = corpus_tools.stats(corpus)
    assert {table: columns["rows"] for table, columns in stats.items()} == {
        "documents": 3,
        "paragraphs": 7,
        "entities": 4,
        "mentions": 6,
        "claims": 6,
    }
    assert stats["documents"]["split"] == {"train": 2, "test": 1}
    assert stats["paragraphs"]["split"] == {"train": 5, "test": 2}
    assert stats["paragraphs"]["language"] == {"en": 5, "de": 2}
    assert stats["claims"]["language"] == {"en": 5, "de": 1}


def test_every_column_of_few_values_is_counted(corpus):
    stats = corpus_tools.stats(corpus)
    assert stats["paragraphs"]["role"] == {"body": 5, "title": 2}
    assert stats["paragraphs"]["kind"] == {"paragraph": 5, "heading": 2}
    assert stats["entities"]["type"] == {"GPE": 2, "PERSON": 2}
    assert stats["mentions"]["level"] == {"name": 5, "pronoun": 1}
    assert stats["mentions"]["metonymic"] == {"false": 6}
    assert stats["claims"]["annotator"] == {"a1": 5, "a2": 1}
    assert stats["claims"]["type"] == {"assertion": 5, "prediction": 1}
    assert stats["claims"]["source_kind"] == {"named": 3, "absent": 1, "author": 1, "unnamed": 1}
    assert stats["claims"]["attitude"] == {"affirms": 4, "denies": 1, "doubts": 1}
    assert stats["claims"]["quotation"] == {"indirect": 5, "null": 1}
    assert stats["claims"]["stance"] == {"neutral": 4, "endorses": 1, "null": 1}


def test_mentions_are_counted_by_the_type_of_their_entity_and_claims_by_their_sources(corpus):
    stats = corpus_tools.stats(corpus)
    assert stats["mentions"]["entity_type"] == {"PERSON": 4, "GPE": 2}
    assert stats["claims"]["source"] == {"Ada Stone": 2, "stone": 1}  # the second annotator gave no name, so its id stands for it


def test_the_most_frequent_value_stands_first(corpus):
    for columns in corpus_tools.stats(corpus).values():
        for name, values in columns.items():
            if name != "rows":
                assert list(values.items()) == sorted(values.items(), key=lambda item: (-item[1], item[0]))


def test_the_counts_of_a_column_add_up_to_the_rows():
    for columns in corpus_tools.stats().values():
        for name in columns.keys() - {"rows", "source"}:
            assert sum(columns[name].values()) == columns["rows"], name


def test_the_terminal_shows_all_of_it(corpus, capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(["stats", str(corpus)])
    assert end.value.code == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "claims 6" in lines
    assert "source_kind named 3, absent 1, author 1, unnamed 1" in lines
    assert "source Ada Stone 2, stone 1" in lines


def test_lines_that_are_no_records_are_all_named(corpus, tmp_path):
    for path in corpus.rglob("*"):
        target = tmp_path / path.relative_to(corpus)
        target.mkdir(exist_ok=True) if path.is_dir() else target.write_bytes(path.read_bytes())
    for table, line in (("claims", 2), ("mentions", 4)):
        path = tmp_path / "jsonl" / f"{table}.jsonl"
        lines = path.read_bytes().splitlines(keepends=True)
        lines[line - 1] = lines[line - 1].replace(b'"annotator":"a1"', b'"annotator":1')
        path.write_bytes(b"".join(lines))
    with pytest.raises(CorpusError) as error:
        corpus_tools.stats(tmp_path)
    assert [(finding.path, finding.line) for finding in error.value.findings] == [
        (str(tmp_path / "jsonl" / "claims.jsonl"), 2),
        (str(tmp_path / "jsonl" / "mentions.jsonl"), 4),
    ]
    assert "expected a string" in str(error.value)


def test_a_corpus_that_is_not_there_is_wrong_use(corpus, tmp_path):
    with pytest.raises(UsageError, match=r"manifest\.json: not found"):
        corpus_tools.stats(tmp_path)
    (tmp_path / "manifest.json").write_bytes((corpus / "manifest.json").read_bytes())
    with pytest.raises(CorpusError, match=r"documents\.jsonl: file-readable"):
        corpus_tools.stats(tmp_path)
