"""The layers of a model as people see them."""

from dataclasses import dataclass

from embed_core.learning.model_spec import ModelSpec


@dataclass(frozen=True)
class Layer:
    """A layer as people see it: its name, its size in words, and how many numbers it learns."""

    name: str
    size: str
    parameters: int


def embedding_layers(spec: ModelSpec) -> list[Layer]:
    """Return the embeddings, those after the second in one."""
    shown = [Layer("Embedding", f"{rows:,} × {width}", rows * width) for rows, width in spec.tables]
    if len(shown) <= 3:
        return shown
    rest = shown[2:]
    return [*shown[:2], Layer("Embeddings", f"{len(rest)} more", sum(layer.parameters for layer in rest))]


def width_of(spec: ModelSpec) -> int:
    """Return how many numbers the embeddings give, for all categorical inputs together."""
    return sum(spec.tables[place][1] for place in spec.inputs)


def output_layer(spec: ModelSpec, width: int) -> Layer:
    """Return the output, which reads so many numbers."""
    units, activation = sum(spec.outputs), spec.activation
    heads = f"{len(spec.outputs)} heads, " if len(spec.outputs) > 1 else ""
    return Layer("Dense", f"{heads}{units:,} {activation}", units * (width + 1))
