"""Rules of thumb for the dimension."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """A rule of thumb for the dimension, and who says so."""

    dimension: int
    name: str
    source: str


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
