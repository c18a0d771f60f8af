"""The shape of the code: imports go one way, functions and modules are small, public names are documented."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest

SOURCE = Path(__file__).parents[1] / "src"
PACKAGE = "corpus_tools"
LONGEST_FUNCTION, MEDIAN_FUNCTION, LONGEST_MODULE = 60, 10, 400


def module_name(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): ast.parse(path.read_text("utf-8")) for path in sorted(SOURCE.rglob("*.py"))}
LENGTHS = {module_name(path): len(path.read_text("utf-8").splitlines()) for path in sorted(SOURCE.rglob("*.py"))}


def is_for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def import_nodes(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """All imports that run, those inside functions too."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.Import, ast.ImportFrom)):
            yield child
        elif is_for_types_only(child):
            yield from import_nodes(ast.Module(child.orelse, []))
        else:
            yield from import_nodes(child)


def imports_of(module: str, tree: ast.Module, known: set[str]) -> set[str]:
    """The modules of the package that a module imports: of ``from a import b`` the module a.b where there is one, else a."""
    found: set[str] = set()
    for node in import_nodes(tree):
        if isinstance(node, ast.Import):
            names = {alias.name for alias in node.names}
        else:
            assert node.level == 0, f"{module}: a relative import"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            names = {name if name in known else str(node.module) for name in names}
        found |= names & known
    return found - {module}


def graph() -> dict[str, set[str]]:
    return {module: imports_of(module, tree, set(MODULES)) for module, tree in MODULES.items()}


def layers(imports: dict[str, set[str]]) -> list[str]:
    """The modules in an order in which each imports only those before it.

    Raises:
        CycleError: there is none.
    """
    return list(TopologicalSorter(imports).static_order())


def test_imports_go_one_way():
    imports = graph()
    order = layers(imports)  # a CycleError names the cycle
    assert set(order) == set(MODULES)
    assert all(order.index(imported) < order.index(module) for module, found in imports.items() for imported in found)


def reached(module: str, imports: dict[str, set[str]]) -> set[str]:
    """All modules that a module imports, directly or over others."""
    found: set[str] = set()
    todo = [module]
    while todo:
        new = imports[todo.pop()] - found
        found |= new
        todo += new
    return found


def test_the_chain_is_the_way_of_the_data():
    imports = graph()
    chain = ["text", "readers", "seeds", "compiler", "sharding", "building"]
    for lower, upper in pairwise(f"{PACKAGE}.{name}" for name in chain):
        assert lower in reached(upper, imports)
        assert upper not in reached(lower, imports)


def test_only_the_command_line_uses_the_package_as_others_do():
    # The package itself gives its public names late, so an import of it from inside would hide a back edge.
    users = {module for module, imported in graph().items() if PACKAGE in imported}
    assert users == {user for user in users if user.startswith(f"{PACKAGE}.cli.")} != set()


def test_modules_are_imported_by_name_only_where_a_folder_is_a_registry():
    callers = {module for module, tree in MODULES.items() for node in ast.walk(tree) if is_import_by_name(node)}
    assert callers == {module for module in callers if (SOURCE / module.replace(".", "/")).is_dir()}


def is_import_by_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__"))


def test_this_test_sees_the_imports():
    imports = graph()
    assert f"{PACKAGE}.sentences" in imports[f"{PACKAGE}.compiler"]  # from corpus_tools import sentences
    assert f"{PACKAGE}.records" in imports[f"{PACKAGE}.text"]
    assert sum(map(len, imports.values())) > len(MODULES)
    lazy = ast.parse("def f():\n    if x:\n        from corpus_tools.cli import app\n")
    assert imports_of("corpus_tools.text", lazy, set(MODULES)) == {"corpus_tools.cli.app"}
    typed = ast.parse("if TYPE_CHECKING:\n    from corpus_tools.cli import app\nelse:\n    import corpus_tools.seeds\n")
    assert imports_of("corpus_tools.text", typed, set(MODULES)) == {"corpus_tools.seeds"}


@pytest.mark.parametrize(("lower", "upper"), [("text", "compiler"), ("findings", "cli"), ("quotes", "rules.spans")])
def test_this_test_would_see_a_back_edge(lower, upper):
    imports = graph()
    imports[f"{PACKAGE}.{lower}"].add(f"{PACKAGE}.{upper}")
    imports[f"{PACKAGE}.{upper}"].add(f"{PACKAGE}.{lower}")
    with pytest.raises(CycleError):
        layers(imports)


# ------------------------------------------------------------------------------------------------------------ sizes


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for module, tree in MODULES.items():
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield f"{module}.{node.name}", node


def size(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or 0) - node.lineno + 1


def test_no_function_is_long():
    assert {name: size(node) for name, node in functions() if size(node) > LONGEST_FUNCTION} == {}


def test_most_functions_are_short():
    assert median(size(node) for _, node in functions()) <= MEDIAN_FUNCTION


def test_no_module_is_long():
    assert {module: length for module, length in LENGTHS.items() if length > LONGEST_MODULE} == {}


# -------------------------------------------------------------------------------------------------------- docstrings

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def public(node: ast.AST, name: str) -> Iterator[tuple[str, Documented]]:
    """A module, its public classes and functions, and the public methods of those classes."""
    if isinstance(node, Documented):
        yield name, node
    if isinstance(node, (ast.Module, ast.ClassDef)):
        for child in node.body:
            if isinstance(child, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and not child.name.startswith("_"):
                yield from public(child, f"{name}.{child.name}")


def test_every_public_name_has_a_docstring():
    names = [pair for module, tree in MODULES.items() for pair in public(tree, module)]
    assert len(names) > 150
    assert [name for name, node in names if not ast.get_docstring(node) and not name.endswith("__main__")] == []


def test_every_public_function_has_types():
    untyped = []
    for module, tree in MODULES.items():
        for name, node in public(tree, module):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                arguments = [
                    a for a in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs] if a.arg not in ("self", "cls")
                ]
                if node.returns is None or any(argument.annotation is None for argument in arguments):
                    untyped.append(name)
    assert untyped == []
