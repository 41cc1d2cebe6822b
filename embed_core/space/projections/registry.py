"""The ways of drawing that there are, a line each, in the order in which the page offers them."""

from embed_core.errors import AtlasError, listed, quoted
from embed_core.space.projections.base import ProjectionMethod
from embed_core.space.projections.identity import Identity
from embed_core.space.projections.pca import Pca
from embed_core.space.projections.tsne import Tsne
from embed_core.space.projections.umap import Umap

METHODS: dict[str, ProjectionMethod] = {}


def register(method: ProjectionMethod) -> None:
    """Offer a method in the library and on the page."""
    METHODS[method.name] = method


register(Identity())
register(Pca())
register(Tsne())
register(Umap())


def projection_method(name: str) -> ProjectionMethod:
    """Return a method by its name.

    Raises:
        AtlasError: when there is none of that name.

    >>> projection_method("tsne").title
    't-SNE'
    """
    if name not in METHODS:
        raise AtlasError(f"There is no projection {quoted(name)}. Choose one of: {listed(METHODS)}.")
    return METHODS[name]
