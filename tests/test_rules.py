"""Every rule has a bad file in tests/bad/ that shows it, and what it says there is this text and no other."""

import ast
import re
import shutil
from pathlib import Path

import pytest
import yaml
from signing import change, sign, tiny_corpus

import corpus_tools
from corpus_tools.findings import CorpusError
from corpus_tools.rules import rules
from corpus_tools.rules.catalogue import catalogue

TOP = Path(__file__).parents[1]
BAD = {path.stem: path for path in sorted((TOP / "tests" / "bad").glob("*.yaml"))}


def findings_on(bad, folder):
    """What is found on a bad file, by the verb that it names, or else by build (seeds), check (corpus) or import (brat)."""
    tiny_corpus(folder)
    (folder / "brat").mkdir()
    (folder / "brat" / "a.txt").write_bytes(b"Ann left.\n")
    (folder / "brat" / "a.ann").write_bytes(b"T1\tPERSON 0 3\tAnn\n")
    if bad["in"].startswith(("released", "sources")) or bad.get("run") == "verify-release":
        corpus_tools.release("corpus", "released", without_text=True)
        shutil.copytree("seeds", "sources")
    for item in bad["change"]:
        change(folder / bad["in"], **item)
    if bad["in"] in ("corpus", "released/corpus"):
        sign(folder / bad["in"], bad.get("sign", "parquet"))
    verb = bad.get("run") or {"seeds": "build", "corpus": "check", "brat": "import", "sources": "hydrate"}[bad["in"]]
    try:
        return VERBS[verb](bad.get("check", {}))
    except CorpusError as error:
        return error.findings


VERBS = {
    "build": lambda _: pytest.fail(str(corpus_tools.build("seeds", "corpus"))),
    "check": lambda options: corpus_tools.check("corpus", **options),
    "import": lambda _: corpus_tools.import_("brat", "brat", "new").findings,
    "check-released": lambda _: corpus_tools.check("released/corpus"),
    "hydrate": lambda _: corpus_tools.hydrate("released", "sources", "new").findings,
    "release": lambda _: pytest.fail(str(corpus_tools.release("corpus", "new", without_text=True))),
    "verify-release": lambda _: corpus_tools.verify_release("released", "seeds"),
    "export": lambda _: pytest.fail(str(corpus_tools.export("brat", "corpus", "new"))),
    "score": lambda _: pytest.fail(str(corpus_tools.build("seeds", "gold") and corpus_tools.score("gold", "corpus"))),
    "doctor": lambda _: corpus_tools.doctor("brat").unread,
}


@pytest.mark.parametrize("rule", BAD)
def test_a_bad_file_is_found_by_its_rule_alone_and_in_these_words(rule, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    bad = yaml.safe_load(BAD[rule].read_text("utf-8"))
    findings = findings_on(bad, tmp_path)
    assert "\n".join(map(str, findings)) == bad["message"].strip()
    assert {finding.rule for finding in findings} == {rule}


def test_every_rule_has_a_bad_file_and_every_bad_file_a_rule():
    faulty_code = {"import-record"}  # no file gives it: it is about the reader of a format
    made_again = {
        "release-environment",
        "release-rebuild",
    }  # test_release.py: what gives them is signed with the tools of a release
    assert set(BAD) == set(catalogue()) - faulty_code - made_again


def test_the_tiny_corpus_is_sound(tmp_path):
    corpus = tiny_corpus(tmp_path)
    sign(corpus)
    for read in (None, "jsonl", "parquet"):
        assert corpus_tools.check(corpus, against=tmp_path / "seeds", read=read) == []


def test_rules_in_the_code_and_in_the_catalogue_are_the_same():
    named, words = set(), set()
    for path in sorted((TOP / "src").rglob("*.py")):
        if path.name not in ("catalogue.py", "figures.py"):  # figures.py is about the documents of the checkout, not about corpora
            tree = ast.parse(path.read_text("utf-8"))
            named |= set(_rules_named(tree))
            words |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    functions = {function.__name__.replace("_", "-") for function in rules().values()}
    assert named | functions <= set(catalogue())
    assert set(catalogue()) <= words | functions


def _rules_named(tree):
    """Strings that are given as ``rule=``, and those like the name of a rule in calls that make findings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "rule" and isinstance(node.value, ast.Constant):
            yield node.value.value
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in MAKERS:
            words = (word.value for word in node.args if isinstance(word, ast.Constant) and isinstance(word.value, str))
            yield from (word for word in words if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", word))


MAKERS = ("found_in", "finding", "note", "_note", "Miss", "Finding", "unreadable")
