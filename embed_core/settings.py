"""The base of all settings: fields that are checked, and one sentence for a bad one."""

import re
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from embed_core.errors import AtlasError, did_you_mean, listed, quoted


class Settings(BaseModel):
    """Settings that refuse what they do not know, cannot be changed, and round-trip through JSON.

    Attributes:
        rules: of a field whose type does not say it in words that people understand, what it must be.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    rules: ClassVar[dict[str, str]] = {}

    @classmethod
    def checked(cls, **given: Any) -> Self:
        """Return the settings, or say in one sentence what is wrong with them.

        Raises:
            AtlasError: a setting is unknown, missing, out of range, or does not go with another.

        >>> class Size(Settings):
        ...     width: int = 8
        >>> Size.checked(widht=4)
        Traceback (most recent call last):
        embed_core.errors.AtlasError: There is no setting "widht". Did you mean "width"?
        >>> Size.checked(width="wide")
        Traceback (most recent call last):
        embed_core.errors.AtlasError: The setting "width" must be a valid integer, unable to parse string as an \
integer; got "wide". Leave it out for the default.
        """
        try:
            return cls(**given)
        except ValidationError as error:
            raise AtlasError(cls._sentence(error)) from None

    @classmethod
    def _sentence(cls, error: ValidationError) -> str:
        first = error.errors()[0]
        if first["type"] == "value_error":
            return str(first["ctx"]["error"])
        setting = str(first["loc"][0])
        if first["type"] == "extra_forbidden":
            known = f"The settings are {listed(cls.model_fields, limit=30)}."
            return (
                f"There is no setting {quoted(setting)}. {did_you_mean(setting, cls.model_fields) or known}"
            )
        if first["type"] == "missing":
            return f"The setting {quoted(setting)} must be given."
        rule = f"be {cls.rules[setting]}" if setting in cls.rules else _rule(first)
        default = "" if cls.model_fields[setting].is_required() else " Leave it out for the default."
        return f"The setting {quoted(setting)} must {rule}; got {quoted(first['input'])}.{default}"


def _rule(problem: ErrorDetails) -> str:
    """Return what pydantic says that something must be or have, without its own words for that."""
    if problem["type"] == "tuple_type":
        return "be a list"
    said = re.sub(r"^\w+ should (?=be |have )", "", problem["msg"])
    return re.sub(r" after validation, not \d+$", "", said if said != problem["msg"] else f"be {said}")
