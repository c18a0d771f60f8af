"""The public functions and the verbs of the command line are one set; help is quick and shows an example of each."""

import inspect
import os
import re
import shlex
import subprocess
import sys
from importlib import import_module
from keyword import iskeyword
from pathlib import Path
from pkgutil import walk_packages

import pytest
from small_corpus import write_seeds

import corpus_tools
from corpus_tools import cli

TOP = Path(__file__).parents[1]
VERBS = sorted(name for name in cli.app if not name.startswith("-"))
NO_VERB = {"mention_spans", "token_labels"}
RENDERING = {"json", "format", "details"}
HEAVY = ["datasets", "pyarrow", "duckdb", "pandas", "numpy", "jsonschema"]


def run(*arguments, folder=TOP):
    """Run a real process; standard output and error as text."""
    environment = os.environ | {"PYTHONPATH": str(TOP / "src"), "COLUMNS": "200", "HF_DATASETS_OFFLINE": "1"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
    )


def test_every_public_name_is_what_it_says_whatever_was_imported_before():
    for info in walk_packages(corpus_tools.__path__, "corpus_tools."):
        if not info.name.endswith("__main__"):
            import_module(info.name)
    modules = {name for name in corpus_tools.__all__ if not callable(getattr(corpus_tools, name))}
    assert not modules
    assert sorted(corpus_tools.__all__) == sorted(corpus_tools._PUBLIC)
    assert "corpus_tools.schemas" in sys.modules


def command_of(verb):
    """What the command line runs for a verb."""
    return cli.app[verb].default_command


def named(verb):
    """The name of a verb's function: import is no name in Python, nor is one with a dash."""
    return f"{verb}_" if iskeyword(verb) else verb.replace("-", "_")


def test_every_public_function_has_its_verb():
    functions = {name for name in corpus_tools.__all__ if name[0].islower()}
    assert {named(verb) for verb in VERBS} == functions - NO_VERB
    assert {"build", "check", "show", "stats", "query", "schema", "new", "trace", "load"} <= set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_has_the_arguments_and_defaults_of_its_function(verb):
    function = inspect.signature(getattr(corpus_tools, named(verb))).parameters
    command = inspect.signature(command_of(verb)).parameters
    assert command.keys() - function.keys() <= RENDERING
    own = [(name, parameter.default) for name, parameter in command.items() if name in function]
    plain = [(name, str(default) if isinstance(default, Path) else default) for name, default in own]
    assert plain == [(name, parameter.default) for name, parameter in function.items()]


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_calls_its_function_and_no_other(verb):
    source = inspect.getsource(command_of(verb))
    assert re.findall(r"\bcorpus_tools\.(\w+)\(", source) == [named(verb)]


@pytest.mark.parametrize("verb", VERBS)
def test_every_argument_of_a_function_is_in_its_docstring_and_in_the_help(verb):
    documentation = inspect.getdoc(getattr(corpus_tools, named(verb)))
    for name in inspect.signature(getattr(corpus_tools, named(verb))).parameters:
        assert re.search(rf"\b{name}\b", documentation), f"{verb}: {name}"
        assert re.search(rf"^{name}\n", inspect.getdoc(command_of(verb)), re.MULTILINE), f"{verb}: {name}"


def test_help_loads_no_heavy_module():
    code = f"""
import sys
from corpus_tools import cli
for verb in [[], *([verb] for verb in {VERBS})]:
    try:
        cli.main([*verb, "--help"])
    except SystemExit as end:
        assert end.code == 0
print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)
"""
    process = run("-c", code)
    assert process.stderr == "[]\n"
    assert all(f"corpus-tools {verb}" in process.stdout for verb in VERBS)


def examples():
    """The example in the help of each verb, as one line."""
    for verb in VERBS:
        found = re.findall(r"^Example: (corpus-tools .*)$", inspect.getdoc(command_of(verb)), re.MULTILINE)
        yield from ((verb, line) for line in found)


def test_every_verb_has_one_example():
    assert [verb for verb, _ in examples()] == VERBS


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A folder as the examples suppose: seeds and corpus of the checkout, releases of it, and articles."""
    folder = tmp_path_factory.mktemp("checkout")
    (folder / "seeds").symlink_to(TOP / "seeds")
    (folder / "corpus").mkdir()
    for path in (TOP / "corpus").rglob("*"):
        target = folder / "corpus" / path.relative_to(TOP / "corpus")
        target.mkdir() if path.is_dir() else target.write_bytes(path.read_bytes())
    corpus_tools.release(folder / "corpus", folder / "released")
    corpus_tools.release(folder / "corpus", folder / "released-without-text", without_text=True)
    (folder / "articles").mkdir()
    (folder / "articles" / "bridge.md").write_text("# The bridge\n", "utf-8")
    return folder


@pytest.mark.parametrize(("verb", "line"), list(examples()))
def test_the_example_in_the_help_works(verb, line, checkout, tmp_path):
    if verb == "import":  # supposes what another tool wrote, and no seeds
        checkout = tmp_path
        corpus_tools.export("brat", TOP / "corpus", tmp_path / "annotated")
    process = run("-m", *shlex.split(line.replace("corpus-tools", "corpus_tools", 1)), folder=checkout)
    assert process.returncode == 0, process.stderr
    assert process.stdout


def test_wrong_use_is_exit_status_2_without_a_traceback(tmp_path):
    for arguments in (
        ["query", "SELEC"],
        ["stats", str(tmp_path)],
        ["schema", "nothing"],
        ["trace", "nothing"],
        ["load", "nothing"],
    ):
        process = run("-m", "corpus_tools", *arguments)
        assert (process.returncode, process.stdout) == (2, "")
        assert process.stderr.startswith("corpus-tools: ")
        assert "Traceback" not in process.stderr


def test_a_link_in_the_way_is_not_written_through(tmp_path):
    write_seeds(tmp_path / "seeds")
    (tmp_path / "seeds" / "market.a3.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    process = run("-m", "corpus_tools", "new", "seeds", "--annotator", "a3", folder=tmp_path)
    assert process.returncode == 2
    assert process.stderr == "corpus-tools: seeds/market.a3.yaml: File exists\n"
    assert not (tmp_path / "elsewhere.yaml").exists()


def test_a_control_character_of_a_corpus_does_not_reach_the_terminal(tmp_path):
    seeds = write_seeds(tmp_path / "seeds")
    annotations = (seeds / "bridge.a1.yaml").read_text("utf-8")
    (seeds / "bridge.a1.yaml").write_text(annotations.replace("name: Ada Stone", 'name: "Ada\\e[31m"'), "utf-8")
    corpus_tools.build(seeds, tmp_path / "corpus")
    sql = "SELECT name FROM entities"
    for arguments in (["stats"], ["query", sql], ["trace", "a1/ada"]):
        process = run("-m", "corpus_tools", *arguments, folder=tmp_path)
        assert process.returncode == 0, process.stderr
        assert "\x1b" not in process.stdout
