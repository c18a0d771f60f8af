"""References between things of other formats."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.chains import entity_iris, in_a_circle, in_vain, joined

_GRAPHS = st.dictionaries(st.integers(0, 9), st.lists(st.integers(0, 12), max_size=3), max_size=9)


@given(_GRAPHS)
def test_what_refers_in_vain_is_found_over_others(references: dict[int, list[int]]):
    there = set(references)
    while dangling := {key for key in there if not there.issuperset(references[key])}:
        there -= dangling
    lost = in_vain(references)
    assert lost.keys() == references.keys() - there
    assert all(other in references[key] and other not in there for key, other in lost.items())


@given(st.dictionaries(st.integers(0, 9), st.integers(0, 12), max_size=9))
def test_circles_of_parents_are_found_with_all_that_leads_into_them(parents: dict[int, int]):
    def comes_round(key: int) -> bool:
        for _ in range(20):
            if key not in parents:
                return False
            key = parents[key]
        return True

    assert in_a_circle(parents) == {key for key in parents if comes_round(key)}


def test_long_paths_take_linear_time():
    parents = {number: number + 1 for number in range(200_000)}
    assert not in_a_circle(parents)
    assert len(in_vain({key: [other] for key, other in parents.items()})) == len(parents)


def test_mentions_are_joined_and_entities_told_apart():
    assert joined(["a", "b", "c"], [["c", "b"], ["x"]]) == {"a": "a", "b": "b", "c": "b"}
    pairs = [("m1", "e"), ("m2", "e"), ("m3", "m3.entity"), ("m4", "f")]
    mentions = [{"mention_id": m, "entity_id": e} for m, e in pairs]
    own = {"e": "#e", "m3.entity": "#m3.entity", "f": "#f"}
    assert entity_iris(mentions, {"m2": "http://x", "m4": "http://x"}, own) == {"e": "http://x", "m3.entity": "", "f": "#f"}
