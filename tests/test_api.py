"""The public functions and the verbs of the command line are one set."""

import sys
from importlib import import_module
from pkgutil import walk_packages

import corpus_tools


def test_every_public_name_is_what_it_says_whatever_was_imported_before():
    for info in walk_packages(corpus_tools.__path__, "corpus_tools."):
        if not info.name.endswith("__main__"):
            import_module(info.name)
    modules = {name for name in corpus_tools.__all__ if not callable(getattr(corpus_tools, name))}
    assert not modules
    assert sorted(corpus_tools.__all__) == sorted(corpus_tools._PUBLIC)
    assert "corpus_tools.schemas" in sys.modules
