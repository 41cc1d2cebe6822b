"""What is not always installed, and the sentence that says how to install it."""

from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from embed_core.errors import AtlasError

_OF_A_RUN = ("tensorflow", "keras", "numpy", "pandas", "duckdb", "ibis-framework", "scikit-learn", "openTSNE")


def is_installed(package: str) -> bool:
    """Whether a package is there. It is not imported: some take many seconds.

    >>> is_installed("numpy"), is_installed("no_such_package")
    (True, False)
    """
    found = find_spec(package)
    # Not a mere folder of caches, which is left behind when it is uninstalled.
    return found is not None and found.origin is not None


def missing(package: str, *, extra: str, what: str, title: str) -> str:
    """Return how to install a package where it is not, or "" where it is.

    Args:
        package: its name in an import.
        extra: of Category Atlas, which brings it.
        what: needs it; the sentence begins with this.
        title: the package's name for people.

    >>> missing("no_such_package", extra="umap", what="UMAP", title="umap-learn")
    'UMAP needs umap-learn, which is not installed. Install it with pip install "category-atlas[umap]".'
    """
    if is_installed(package):
        return ""
    return f'{what} needs {title}, which is not installed. Install it with pip install "category-atlas[{extra}]".'


def installed_version(package: str) -> str:
    """Return the version of a package, or of its build for processors (``tensorflow-cpu``); "" where there is none.

    >>> installed_version("no_such_package")
    ''
    """
    for name in (package, f"{package}-cpu"):
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    return ""


def versions_of_a_run() -> dict[str, str]:
    """Return the versions of what a run's numbers come from, as far as it is installed here."""
    return {package: found for package in _OF_A_RUN if (found := installed_version(package))}


def check_tensorflow(what: str = "Training") -> None:
    """Refuse in a sentence what needs TensorFlow where there is none.

    Raises:
        AtlasError: it is not installed.
    """
    if sentence := missing("tensorflow", extra="train", what=what, title="TensorFlow"):
        raise AtlasError(f"{sentence} Without a GPU, the extra train-cpu is half the size.")
