"""The rules that keep the house in order, read from the source."""

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "embed_core"
LONGEST_FILE, LONGEST_TEST = 320, 500

# Each may import those in the lines above it, and nothing in its own line.
FLOORS = (
    ("display", "errors", "progress", "types", "writing"),
    ("extras", "progress_bar", "settings"),
    ("map", "tables", "learning", "space"),
    ("training",),
    ("estimator",),
    ("comparing", "lesson"),
    ("runs",),
    ("exporting",),
    ("ui",),
)
PAGES = ("data", "train", "map_page", "compare", "export", "learn")
# The one reason to import inside a function: what is imported takes seconds, or hundreds of megabytes.
HEAVY = {
    *("tensorflow", "keras", "sklearn", "scipy", "openTSNE", "umap", "numba"),
    *("distributed", "dask", "plotly", "duckdb", "skops", "ibis", "pyarrow", "pandas", "altair"),
    *("rich", "IPython", "pydantic", "anywidget", "traitlets", "skrub"),
}
# And what is interrupted while it is imported is to end without a word.
COMMANDS = "embed_core.cli.main"
UNSAFE_READERS = {"pickle", "cloudpickle", "dill", "joblib", "shelve", "marshal"}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


TREES = {module_name(path): ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
SCRIPTS = TREES | {
    module_name(path): ast.parse(path.read_text("utf-8"))
    for path in (ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py")))
}


def imported(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the full names of what is imported; of ``from a import b`` both ``a`` and ``a.b``."""
    names = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute, so that these rules see them"
            names |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def modules(names: set[str]) -> set[str]:
    """Return the modules of embed_core among these names; of a package and a module in it, the module alone."""
    known = names & set(TREES)
    return {name for name in known if not any(other.startswith(f"{name}.") for other in known)}


def for_types_only(tree: ast.AST) -> set[ast.AST]:
    """Return what stands under ``if TYPE_CHECKING``, which nothing runs."""
    return {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")
        for statement in node.body
        for inner in ast.walk(statement)
    }


def run(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk through all that runs, the inside of functions included."""
    left_out = for_types_only(tree)
    return (node for node in ast.walk(tree) if node not in left_out)


def modules_importing(*packages: str) -> set[str]:
    """Return the modules that import any of these at any depth of their code."""
    return {
        module
        for module, tree in TREES.items()
        if any(name == p or name.startswith(f"{p}.") for name in imported(ast.walk(tree)) for p in packages)
    }


def parts_used(package: str, *, depth: int = 1) -> set[str]:
    """Return which other parts of the same package the modules of a dotted part of embed_core import."""
    prefix = f"embed_core.{package}"
    names = set()
    for module, tree in TREES.items():
        if module == prefix or module.startswith(f"{prefix}."):
            names |= {
                ".".join(name.split(".")[1 : 1 + depth])
                for name in imported(ast.walk(tree))
                if name.startswith("embed_core.")
            }
    return names - {package}


def needs(*, within_functions: bool) -> dict[str, set[str]]:
    """Return for each module the modules that it imports."""
    found = {}
    for module, tree in TREES.items():
        names = imported(run(tree) if within_functions else iter(tree.body))
        found[module] = modules(names) - {module}
    # The front door offers everything, and nothing inside goes out through it.
    del found["embed_core"]
    return {module: used - {"embed_core"} for module, used in found.items()}


def test_there_is_something_to_look_at() -> None:
    assert {"embed_core", "embed_core.tables.counting.rows", "embed_core.learning.trainer"} < set(TREES)
    assert "embed_core.learning.trainer" in modules_importing("tensorflow")
    assert "types" in parts_used("tables")
    assert "embed_core.tables.table" in needs(within_functions=True)["embed_core.tables.counting.rows"]


@pytest.mark.parametrize("package", [name for floor in FLOORS for name in floor])
def test_no_arrow_points_up(package: str) -> None:
    floor = next(number for number, names in enumerate(FLOORS) if package in names)
    below = {name for names in FLOORS[:floor] for name in names}
    assert parts_used(package) <= below


def test_every_package_has_a_floor() -> None:
    parts = {module.split(".")[1] for module in TREES if "." in module}
    assert parts - {"__main__", "cli"} <= {name for floor in FLOORS for name in floor}


def test_no_module_needs_itself_even_by_an_import_inside_a_function() -> None:
    list(TopologicalSorter(needs(within_functions=True)).static_order())


def test_what_is_imported_inside_a_function_is_heavy() -> None:
    users = {m.rpartition(".")[0] for m in modules_importing(*HEAVY)} | modules_importing(*HEAVY)
    light = {
        f"{module}: {name}"
        for module, tree in TREES.items()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [node.names[0].name if isinstance(node, ast.Import) else str(node.module)]
        if name.split(".")[0] not in HEAVY
        and not (name in TREES and _reaches_heavy(name))
        and name != COMMANDS
    }
    assert users
    assert sorted(light) == []


def _reaches_heavy(module: str) -> bool:
    """Whether importing a module imports something heavy, itself or through others."""
    top, seen, todo = needs(within_functions=False), set(), [module]
    while todo:
        name = todo.pop()
        seen.add(name)
        if any(each.split(".")[0] in HEAVY for each in imported(iter(TREES[name].body))):
            return True
        todo += [each for each in top.get(name, ()) if each not in seen]
    return False


def test_only_learning_imports_tensorflow() -> None:
    outside = {
        m for m in modules_importing("tensorflow", "keras") if not m.startswith("embed_core.learning.")
    }
    assert outside == set()


def test_only_ui_imports_streamlit() -> None:
    outside = {module for module in modules_importing("streamlit") if not module.startswith("embed_core.ui.")}
    assert outside == set()


def test_the_map_needs_numpy_alone() -> None:
    used = {
        name.split(".")[0]
        for module, tree in TREES.items()
        if module.startswith("embed_core.map")
        for name in imported(ast.walk(tree))
    }
    assert used - set(sys.stdlib_module_names) <= {"numpy", "embed_core"}
    assert parts_used("map") == set()


@pytest.mark.parametrize("page", PAGES)
def test_pages_do_not_import_one_another(page: str) -> None:
    assert parts_used(f"ui.{page}", depth=2) & {f"ui.{other}" for other in PAGES} == set()


def test_what_pages_share_knows_no_page() -> None:
    pages = {f"ui.{page}" for page in PAGES}
    for shared in ("ui.app", "ui.charts", "ui.component"):
        assert not parts_used(shared, depth=2) & pages, shared


def test_the_component_knows_the_map_alone() -> None:
    assert parts_used("ui.component") <= {"map", "ui"}
    ours = {name for name in parts_used("ui.component", depth=2) if name.startswith("ui.")}
    assert ours <= {"ui.component"}


def test_every_key_of_the_session_has_a_name() -> None:
    def is_session(node: ast.AST) -> bool:
        return ast.unparse(node).endswith("session_state")

    literal = []
    for module, tree in SCRIPTS.items():
        for node in ast.walk(tree):
            key: ast.AST | None = None
            if isinstance(node, ast.Subscript) and is_session(node.value):
                key = node.slice
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                key = node.args[0] if is_session(node.func.value) else None
            if isinstance(node, ast.Compare) and any(is_session(each) for each in node.comparators):
                key = node.left
            if isinstance(key, ast.Constant):
                literal.append(f"{module}:{key.lineno} {key.value!r}")
            methods = ("get", "pop", "setdefault", "update", "items", "keys", "to_dict")
            if isinstance(node, ast.Attribute) and is_session(node.value) and node.attr not in methods:
                literal.append(f"{module}:{node.lineno} {node.attr}")
    assert literal == []


def test_only_learning_asks_which_objective_it_is() -> None:
    from embed_core.learning.objectives.registry import OBJECTIVES

    asked = []
    for module, tree in SCRIPTS.items():
        if module.startswith("embed_core.learning"):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare):
                sides = [node.left, *node.comparators]
                texts = {c.value for side in sides for c in ast.walk(side) if isinstance(c, ast.Constant)}
                words = [ast.unparse(side).strip("]'\"") for side in sides]
                if any(word.endswith("objective") for word in words) and texts & set(OBJECTIVES):
                    asked.append(f"{module}:{node.lineno} {ast.unparse(node)}")
            if isinstance(node, ast.Dict):
                keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
                if len(keys & set(OBJECTIVES)) > 2:
                    asked.append(f"{module}:{node.lineno} a table by objective")
    assert asked == []


def test_nothing_reads_what_could_run_code() -> None:
    assert modules_importing(*UNSAFE_READERS) == set()
    for module, tree in TREES.items():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            assert name not in {"read_pickle", "load_model", "eval", "exec"}, f"{module}:{call.lineno}"
            allowed = [word.value for word in call.keywords if word.arg == "allow_pickle"]
            assert not any(getattr(value, "value", True) for value in allowed), f"{module}:{call.lineno}"


def test_a_file_is_one_idea() -> None:
    files = [
        *PACKAGE.rglob("*.py"),
        *(PACKAGE / "map" / "frontend" / "src").rglob("*.js"),
        *(PACKAGE / "map" / "frontend" / "test").rglob("*.js"),
        *(ROOT / "tests").rglob("*.py"),
        *(ROOT / "benchmarks").rglob("*.py"),
    ]
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in files}
    allowed = {name: LONGEST_TEST if name.startswith("tests") else LONGEST_FILE for name in lengths}
    assert {name: lines for name, lines in lengths.items() if lines > allowed[name]} == {}


def test_benchmarks_and_package_import_nothing_from_tests() -> None:
    trees = [ast.parse(path.read_text("utf-8")) for path in (ROOT / "benchmarks").glob("*.py")]
    names = {name for tree in [*trees, *SCRIPTS.values()] for name in imported(ast.walk(tree))}
    assert not {name for name in names if name.split(".")[0] == "tests"}


def test_the_server_and_the_library_start_without_tensorflow() -> None:
    code = (
        "import sys; from embed_core import *; import embed_core.runs.jobs, embed_core.ui.app.state; "
        "assert not {'tensorflow', 'keras'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)
