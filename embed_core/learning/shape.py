"""How large a model is and might be; imports no TensorFlow."""

from dataclasses import dataclass

from embed_core.learning.config import OBJECTIVES, TrainingConfig


@dataclass(frozen=True)
class Layer:
    """A layer as people see it: its name, its size in words, and how many numbers it learns."""

    name: str
    size: str
    parameters: int


@dataclass(frozen=True)
class Rule:
    """A rule of thumb for the dimension, and who says so."""

    dimension: int
    name: str
    source: str


def layers(config: TrainingConfig, *, categories: int, kind: str, classes: int) -> list[Layer]:
    """Return the layers of the model that a configuration makes, from the input on.

    Args:
        config: the settings.
        categories: rows of the embedding.
        kind: of the target.
        classes: of the target; 0 for a number.

    >>> config = TrainingConfig.checked(column="cut", target="price", dimension=4)
    >>> [(layer.name, layer.size, layer.parameters) for layer in layers(config, categories=5, kind="number", classes=0)]
    [('Embedding', '5 × 4', 20), ('Flatten', '4', 0), ('Dense', '1 linear', 5)]
    """
    dimension = config.dimension
    embedding = Layer("Embedding", f"{categories:,} × {dimension}", categories * dimension)
    if config.objective == "distance":
        inputs = " and ".join(OBJECTIVES["distance"].inputs(config))
        return [embedding, Layer("Euclidean distance", f"of {inputs}", 0)]
    units = classes if kind == "multiclass" else 1
    activation = {"binary": "sigmoid", "multiclass": "softmax", "number": "linear"}[kind]
    dense = Layer("Dense", f"{units:,} {activation}", units * (dimension + 1))
    return [embedding, Layer("Flatten", str(dimension), 0), dense]


def dimension_rules(categories: int) -> list[Rule]:
    """Return the rules of thumb for the dimension that the field uses, smallest first.

    >>> [(rule.name, rule.dimension) for rule in dimension_rules(229)]
    [('Fourth root', 4), ('fastai', 34), ('Half', 50)]
    """
    rules = [
        Rule(max(1, round(categories**0.25)), "Fourth root", "n^0.25, the TensorFlow team's blog (2017)"),
        Rule(min(600, round(1.6 * categories**0.56)), "fastai", "min(600, 1.6·n^0.56), fastai v1 and later"),
        Rule(min(50, (categories + 1) // 2), "Half", "min(50, n/2), fastai's first course (2018)"),
    ]
    return sorted(rules, key=lambda rule: rule.dimension)


def directions(kind: str, classes: int, dimension: int) -> int:
    """Return in how many directions the objective ``target`` can move the vectors.

    The gradient of a vector is a combination of the columns of the output weights: one for a single
    output, and one less than the classes for softmax, whose residuals sum to 0.

    >>> directions("binary", 2, 8), directions("multiclass", 4, 8), directions("multiclass", 30, 8)
    (1, 3, 8)
    """
    return min(dimension, classes - 1 if kind == "multiclass" else 1)
