"""The portal's own documents, validated: what a record holds before anything is made of it."""

import json
import re
from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

Value = TypeVar("Value")


class FieldError(ValueError):
    """A field of a record cannot be read; the message names the field and its value."""


_REFERENCE = r"^[\x21-\x7e]+$"


def has_reference(record: dict[str, Any]) -> bool:
    """Return whether a row says which record it is."""
    reference = record.get("reference")
    return isinstance(reference, str) and re.fullmatch(_REFERENCE, reference) is not None


class Row(BaseModel):
    """One result of the Search API; further keys are the index's own affairs."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    reference: str = Field(pattern=_REFERENCE)
    url: str
    language: str
    metadata: dict[str, Any]

    def one(self, name: str) -> str:
        """Return the single value of a mandatory field.

        Raises:
            FieldError: If it is missing, empty or not single.
        """
        values = self.many(name)
        if len(values) != 1:
            raise FieldError(f"{name}: one value expected, found {values!r}")
        return values[0]

    def optional(self, name: str) -> str:
        """Return the single value of a field that may be missing; then an empty text."""
        return self.one(name) if self.many(name) else ""

    def many(self, name: str) -> list[str]:
        """Return the values of a field that may be missing.

        Raises:
            FieldError: If it is no list of texts.
        """
        values = self.metadata.get(name)
        if values is None:
            return []
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise FieldError(f"{name}: a list of texts expected, found {values!r:.80}")
        return [value.replace("\x00", "") for value in values]

    def document(self, name: str, shape: TypeAdapter[Value]) -> Value:
        """Return a mandatory field whose text is itself a JSON document.

        Raises:
            FieldError: If it is missing or has another shape.
        """
        try:
            return shape.validate_python(json.loads(self.one(name).replace("\\u0000", "")))
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in fault["loc"])
            raise FieldError(f"{name}.{where}: {fault['msg']}: {fault['input']!r:.80}") from error
        except json.JSONDecodeError as error:
            raise FieldError(f"{name}: no JSON: {self.one(name)!r:.80}") from error


class Answer(BaseModel):
    """One page of search results."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    total: int = Field(alias="totalResults", ge=0)
    results: list[dict[str, Any]]
    warnings: list[Any] | None = None
    version: str = Field(alias="apiVersion", default="")
    """Of the server that answered; changes every few weeks."""


class _Loose(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Agreement(_Loose):
    """A model grant agreement."""

    abbreviation: str


class ActionType(_Loose):
    """A type of action: a code, one blank, a label."""

    code_and_label: str = Field(alias="typeOfAction", min_length=1)
    agreements: list[Agreement] = Field(alias="typeOfMGA")


class Procedure(_Loose):
    """How and how often one may submit."""

    abbreviation: str


class Action(_Loose):
    """What a topic offers, and when. The cleanest dates the portal gives."""

    types: list[ActionType]
    planned_opening: date = Field(alias="plannedOpeningDate")
    procedure: Procedure = Field(alias="submissionProcedure")
    deadlines: list[date] = Field(alias="deadlineDates")


class BudgetLine(_Loose):
    """One topic's mention on a budget line of its call."""

    action: str
    expected_grants: int = Field(alias="expectedGrants", ge=0)
    min_contribution: int = Field(alias="minContribution", ge=0)
    max_contribution: int = Field(alias="maxContribution", ge=0)
    by_year: dict[str, str] = Field(alias="budgetYearMap")

    @property
    def topic_id(self) -> str:
        """The topic that the line speaks of."""
        return self.action.split(" ", 1)[0]


class Budget(_Loose):
    """The budget of a whole call; the lines of one list share one sum."""

    lines: dict[str, list[BudgetLine]] = Field(alias="budgetTopicActionMap")


class News(_Loose):
    """An item of a topic's latest news."""

    last_change: str = Field(alias="lastChangeDate")
    content: str


ACTIONS: TypeAdapter[list[Action]] = TypeAdapter(list[Action])
BUDGET: TypeAdapter[Budget] = TypeAdapter(Budget)
NEWS: TypeAdapter[list[News]] = TypeAdapter(list[News])


def read_row(record: dict[str, Any]) -> Row:
    """Return a result of the Search API.

    Raises:
        FieldError: If it has not the shape of one.
    """
    try:
        return Row.model_validate(record)
    except ValidationError as error:
        raise FieldError(_first(error)) from error


def read_answer(document: object) -> Answer:
    """Return a page of results.

    Raises:
        FieldError: If it is something else, for example an error that came with status 200.
    """
    try:
        answer = Answer.model_validate(document)
    except ValidationError as error:
        raise FieldError(f"no page of results: {_first(error)}") from error
    if answer.warnings:
        raise FieldError(f"the portal warns: {answer.warnings!r:.120}")
    return answer


def _first(error: ValidationError) -> str:
    fault = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in fault["loc"])
    return f"{where}: {fault['msg']}: {fault['input']!r:.80}"


def distinct(values: Sequence[Value]) -> list[Value]:
    """Return ``values`` without repeats, in their order.

    >>> distinct(["b", "a", "b"])
    ['b', 'a']
    """
    return list(dict.fromkeys(values))
