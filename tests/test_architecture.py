"""The rules that keep the packages apart, read from the source."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "embed_core"
LONGEST_FILE = 320
SHARED = {"errors", "progress", "settings", "types", "writing"}
UNSAFE_READERS = {"pickle", "cloudpickle", "dill", "joblib", "shelve", "marshal"}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


TREES = {module_name(path): ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}


def imported(nodes: Iterator[ast.AST]) -> set[str]:
    """Return the full names of what is imported; of ``from a import b`` both ``a`` and ``a.b``."""
    names = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute, so that these rules see them"
            names |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def modules_importing(*packages: str) -> set[str]:
    """Return the modules that import any of these at any depth of their code."""
    return {
        module
        for module, tree in TREES.items()
        if any(name == p or name.startswith(f"{p}.") for name in imported(ast.walk(tree)) for p in packages)
    }


def parts_of_atlas(package: str) -> set[str]:
    """Return which parts of embed_core a package of it imports, other than itself."""
    names = set()
    for module, tree in TREES.items():
        if module.split(".")[1:2] == [package]:
            names |= {
                name.split(".")[1] for name in imported(ast.walk(tree)) if name.startswith("embed_core.")
            }
    return names - {package}


def test_there_is_something_to_look_at() -> None:
    assert {"embed_core", "embed_core.tables.counting.rows", "embed_core.learning.trainer"} < set(TREES)
    assert "embed_core.learning.trainer" in modules_importing("tensorflow")
    assert "types" in parts_of_atlas("tables")


@pytest.mark.parametrize("package", ["tables", "learning", "space"])
def test_the_three_foundations_know_nothing_of_each_other_or_of_what_is_built_on_them(package: str) -> None:
    assert parts_of_atlas(package) <= SHARED


def test_the_shared_types_know_nothing_at_all() -> None:
    assert parts_of_atlas("types") == parts_of_atlas("errors") == set()


def test_only_learning_imports_tensorflow() -> None:
    outside = {
        m for m in modules_importing("tensorflow", "keras") if not m.startswith("embed_core.learning.")
    }
    assert outside == set()


def test_only_the_pages_parts_import_streamlit() -> None:
    outside = {module for module in modules_importing("streamlit") if not module.startswith("embed_core.ui.")}
    assert outside == set()


def test_measurements_need_no_tests() -> None:
    for path in (ROOT / "benchmarks").rglob("*.py"):
        names = imported(ast.walk(ast.parse(path.read_text("utf-8"))))
        assert not {name for name in names if name.split(".")[0] == "tests"}, path


def test_nothing_below_the_pages_imports_their_parts() -> None:
    users = {
        module for module in modules_importing("embed_core.ui") if not module.startswith("embed_core.ui")
    }
    assert users == set()


def test_no_module_needs_itself_to_be_imported() -> None:
    needs = {module: imported(iter(tree.body)) & set(TREES) - {module} for module, tree in TREES.items()}
    del needs["embed_core"]
    list(TopologicalSorter(needs).static_order())


def test_nothing_reads_what_could_run_code() -> None:
    assert modules_importing(*UNSAFE_READERS) == set()
    for module, tree in TREES.items():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            assert name not in {"read_pickle", "load_model", "eval", "exec"}, f"{module}:{call.lineno}"
            allowed = [word.value for word in call.keywords if word.arg == "allow_pickle"]
            assert not any(getattr(value, "value", True) for value in allowed), f"{module}:{call.lineno}"


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=module_name)
def test_a_file_is_one_idea(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_FILE


def test_the_server_and_the_library_start_without_tensorflow() -> None:
    code = (
        "import sys; import embed_core; import embed_core.runs.jobs, embed_core.ui.app.state; "
        "assert not {'tensorflow', 'keras'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)
