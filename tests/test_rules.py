"""Every rule has a bad file in tests/bad/ that shows it, and what it says there is this text and no other."""

import ast
import re
from pathlib import Path

import pytest
import yaml
from signing import change, sign, tiny_corpus

import corpus_tools
from corpus_tools.findings import CorpusError
from corpus_tools.rules.catalogue import catalogue

TOP = Path(__file__).parents[1]
BAD = {path.stem: path for path in sorted((TOP / "tests" / "bad").glob("*.yaml"))}


def findings_on(bad, folder):
    """What is found on a bad file: by a build of the changed seeds, or by a check of the changed corpus."""
    tiny_corpus(folder)
    for item in bad["change"]:
        change(folder / bad["in"], **item)
    if bad["in"] == "corpus":
        sign(folder / "corpus", bad.get("sign", "parquet"))
        return corpus_tools.check("corpus", **bad.get("check", {}))
    with pytest.raises(CorpusError) as error:
        corpus_tools.build("seeds", "corpus")
    return error.value.findings


@pytest.mark.parametrize("rule", BAD)
def test_a_bad_file_is_found_by_its_rule_alone_and_in_these_words(rule, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    bad = yaml.safe_load(BAD[rule].read_text("utf-8"))
    findings = findings_on(bad, tmp_path)
    assert "\n".join(map(str, findings)) == bad["message"].strip()
    assert {finding.rule for finding in findings} == {rule}


def test_every_rule_has_a_bad_file_and_every_bad_file_a_rule():
    assert set(BAD) == set(catalogue())


def test_the_tiny_corpus_is_sound(tmp_path):
    corpus = tiny_corpus(tmp_path)
    sign(corpus)
    for read in (None, "jsonl", "parquet"):
        assert corpus_tools.check(corpus, against=tmp_path / "seeds", read=read) == []


def test_rules_in_the_code_and_in_the_catalogue_are_the_same():
    # figures.py is about the documents of the checkout, not about corpora; the others are words that look like rules.
    others = {"corpus-tools", "utf-8", "utf-8-sig", "utf-32-le", "x-form", "x-key", "x-seed", "x-tags"}
    others |= {"token-classification", "named-entity-recognition", "coreference-resolution"}
    named = set()
    for path in sorted((TOP / "src").rglob("*.py")):
        if path.name not in ("catalogue.py", "figures.py"):
            named |= set(_rules_named(ast.parse(path.read_text("utf-8"))))
    assert named - others == set(catalogue())


def _rules_named(tree):
    """Strings that are given as ``rule=``, look like the name of a rule, or are one."""
    known = set(catalogue())
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "rule" and isinstance(node.value, ast.Constant):
            yield node.value.value
        word = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if word in known or re.fullmatch(r"(?!x-|utf-)[a-z0-9]+(-[a-z0-9]+)+", word):
            yield word
