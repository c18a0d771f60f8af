"""Agreement between annotators: pairs, documents in common, gamma."""

import json
import logging

import pytest
from annotating import claim, document, entity, mention
from small_corpus import FLUSS_A1, write_seeds

import corpus_tools
from corpus_tools import cli

FLUSS_A2 = FLUSS_A1.replace("annotator: a1", "annotator: a2").replace("sagt", "man")


def build(folder, **files):
    seeds = write_seeds(folder / "seeds")
    for name, text in files.items():
        path = seeds / name.replace("__", ".")
        path.write_text(text, "utf-8") if text is not None else path.unlink()
    corpus_tools.build(seeds, folder / "corpus")
    return folder / "corpus"


def printed(capsys, *arguments):
    with pytest.raises(SystemExit) as end:
        cli.main([str(argument) for argument in arguments])
    assert end.value.code == 0
    return capsys.readouterr().out


def test_without_a_document_of_two_annotators_there_is_no_agreement_to_measure(tmp_path, capsys):
    corpus = build(tmp_path, bridge__a2__yaml=None)
    found = corpus_tools.agreement(corpus)
    assert (found.annotators, found.gamma, found.pairs) == ({"a1": 2, "a2": 0}, {}, [])
    assert printed(capsys, "agreement", corpus).splitlines() == [
        "documents by annotator: a1 2, a2 0",
        "No document has two annotators, so there is no agreement to measure.",
    ]


def test_only_documents_that_both_annotated_are_measured(tmp_path, monkeypatch):
    """Gamma itself is measured by the slow tests: its library takes ten seconds to load."""
    from corpus_tools.scoring import agreeing
    from corpus_tools.scoring.gamma import Disorder

    measured = []
    monkeypatch.setattr(agreeing, "disorder", lambda one, two: measured.append((len(one), len(two))) or Disorder(1.0, 2.0, 3))
    found = corpus_tools.agreement(build(tmp_path))
    assert found.annotators == {"a1": 2, "a2": 1}
    (pair,) = found.pairs
    assert (pair.annotators, pair.documents) == (("a1", "a2"), 1)
    assert measured == [(4, 1), (4, 1)]  # mentions and claims of the bridge
    assert (pair.gamma["mentions"].gamma, pair.gamma["mentions"].units) == (0.5, 3)
    exact = pair.scores["mentions"]["exact"]
    assert (exact.recall, exact.precision) == (1 / 4, 1)
    assert exact.interval is None


@pytest.mark.slow
def test_gamma_of_a_corpus(tmp_path, capsys):
    corpus = build(tmp_path, fluss__a2__yaml=FLUSS_A2)
    found = corpus_tools.agreement(corpus)
    assert found == corpus_tools.agreement(corpus)
    (pair,) = found.pairs
    assert pair.documents == 2
    assert pair.gamma == found.gamma
    assert pair.gamma["claims"].units == 7
    assert 0 < pair.gamma["claims"].gamma < 1
    out = printed(capsys, "agreement", corpus)
    assert "a1 and a2, 2 documents" in out
    assert (
        json.loads(printed(capsys, "agreement", corpus, "--json"))["pairs"][0]["gamma"]["claims"]["gamma"]
        == pair.gamma["claims"].gamma
    )


@pytest.mark.slow
def test_gamma_is_1_for_the_same_units_lower_for_others_and_null_for_none():
    import numpy as np

    from corpus_tools.scoring.agreeing import _disorders
    from corpus_tools.scoring.gamma import added
    from corpus_tools.scoring.layers import layers_of

    def layers(*mentions):
        entities = [entity("ada", "PERSON"), entity("ulm", "GPE")]
        rows = document(entities, [mention(n, [span], name) for n, (span, name) in enumerate(mentions)], [claim(1, [(0, 9)])])
        return layers_of(rows, "a")

    def gamma(one, two):
        return _disorders(one, two)["mentions"]

    full = layers(((0, 4), "ada"), ((30, 40), "ulm"), ((60, 66), "ada"), ((61, 64), "ulm"))
    moved = layers(((1, 4), "ada"), ((30, 40), "ulm"), ((60, 66), "ada"), ((61, 64), "ulm"))
    other_type = layers(((0, 4), "ulm"), ((30, 40), "ulm"), ((60, 66), "ada"), ((61, 64), "ulm"))
    elsewhere = layers(((100, 110), "ada"), ((130, 139), "ada"), ((160, 166), "ulm"))
    state, handlers = np.random.get_state()[1].tolist(), list(logging.getLogger().handlers)
    assert gamma(full, full).gamma == 1
    values = [gamma(full, side).gamma for side in (moved, other_type, elsewhere)]
    assert 1 > values[0] > values[1] > values[2]
    assert gamma(full, layers()).gamma < 0
    assert gamma(layers(), layers()).gamma is None
    assert gamma(full, moved) == gamma(full, moved)
    assert np.random.get_state()[1].tolist() == state
    assert logging.getLogger().handlers == handlers
    pooled = added([gamma(full, full), gamma(full, elsewhere)])
    assert values[2] < pooled.gamma < 1
