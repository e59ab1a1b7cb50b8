"""Logistic regression over groups: a university, its departments, their profiles. Pure.

What little is known of a group is drawn to what is known of the wider one: every coefficient has a
normal prior around that of the wider group, and the most probable coefficients are taken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_array
from scipy.special import expit

Numbers = NDArray[np.float64]

LEAST_SLOPE = 0.05
"""A score never speaks against itself, whatever people say."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How far a coefficient may stray: the standard deviations of its prior."""

    slope: float = 1.0
    """Of the prior score, around 1."""
    intercept: float = 3.0
    department_intercept: float = 0.7
    profile_intercept: float = 0.7
    weight: float = 0.0
    """Of each feature, around what the prior score gives it; 0 leaves the order as it is."""
    department_weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Sample:
    """What was judged."""

    features: Numbers
    """(n, f)."""
    scores: Numbers
    """(n,) prior scores."""
    departments: tuple[str, ...]
    profiles: tuple[str, ...]
    fits: Numbers
    """(n,) 1 or 0."""
    weights: Numbers
    """(n,) how much each counts."""

    def part(self, kept: NDArray[np.bool_]) -> "Sample":
        """Return the rows that are ``kept``."""
        return Sample(
            self.features[kept],
            self.scores[kept],
            tuple(np.array(self.departments)[kept].tolist()),
            tuple(np.array(self.profiles)[kept].tolist()),
            self.fits[kept],
            self.weights[kept],
        )


@dataclass(frozen=True, slots=True)
class Coefficients:
    """What was learned, as differences from the wider group."""

    slope: float
    intercept: float
    weights: Numbers
    """(f,) of the university."""
    intercepts: Mapping[str, float]
    """By department."""
    weights_by_department: Mapping[str, Numbers]
    profile_intercepts: Mapping[str, float]

    def weights_of(self, department: str) -> Numbers:
        """Return what the features of ``department`` add to the prior score, (f,)."""
        own = self.weights_by_department.get(department)
        return self.weights if own is None else self.weights + own

    def logits(self, sample: Sample) -> Numbers:
        """Return the log odds that each row of ``sample`` fits, (n,)."""
        rows = zip(sample.features, sample.departments, sample.profiles, strict=True)
        added = [row @ self.weights_of(d) + self.intercept_of(d, p) for row, d, p in rows]
        return self.slope * sample.scores + np.array(added, np.float64)

    def intercept_of(self, department: str, profile: str) -> float:
        """Return the log odds of a score of 0."""
        own = self.profile_intercepts.get(profile, 0.0)
        return self.intercept + self.intercepts.get(department, 0.0) + own


def fitted(sample: Sample, spread: Spread) -> Coefficients:
    """Return the most probable coefficients."""
    departments, profiles = sorted(set(sample.departments)), sorted(set(sample.profiles))
    size = sample.features.shape[1]
    design = _design(sample, departments, profiles)
    scale = _scale(spread, size, len(departments), len(profiles))
    start = np.zeros(len(scale))
    start[0] = 1.0 / spread.slope

    def loss(at: Numbers) -> tuple[float, Numbers]:
        logits = design @ (at * scale)
        missed = expit(logits) - sample.fits
        costs = np.logaddexp(0.0, logits) - sample.fits * logits
        away = at - start
        slopes = scale * (design.T @ (sample.weights * missed)) + away
        return float(sample.weights @ costs + away @ away / 2), slopes

    bounds = [(LEAST_SLOPE / spread.slope, None)] + [(None, None)] * (len(scale) - 1)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, tol=1e-10)
    return _read(found.x * scale, size, departments, profiles)


def _design(sample: Sample, departments: Sequence[str], profiles: Sequence[str]) -> csr_array:
    """Return a row for each judgement: score, 1, features; 1 and features again; 1 again.

    The second group stands in the columns of its department, the last in that of its profile.
    """
    rows, size = sample.features.shape
    block = {name: 2 + size + at * (1 + size) for at, name in enumerate(departments)}
    own = {name: 2 + size + len(block) * (1 + size) + at for at, name in enumerate(profiles)}
    ones = np.ones((rows, 1))
    values = np.hstack([sample.scores[:, None], ones, sample.features, ones, sample.features, ones])
    general = np.tile(np.arange(2 + size), (rows, 1))
    starts = np.array([block[name] for name in sample.departments])
    departmental = starts[:, None] + np.arange(1 + size)
    personal = np.array([own[name] for name in sample.profiles])[:, None]
    columns = np.hstack([general, departmental, personal])
    ends = np.arange(rows + 1) * columns.shape[1]
    shape = (rows, 2 + size + len(block) * (1 + size) + len(own))
    return csr_array((values.ravel(), columns.ravel(), ends), shape=shape)


def _scale(spread: Spread, size: int, departments: int, profiles: int) -> Numbers:
    general = [spread.slope, spread.intercept, *[spread.weight] * size]
    departmental = [spread.department_intercept, *[spread.department_weight] * size]
    return np.array(general + departmental * departments + [spread.profile_intercept] * profiles)


def _read(
    values: Numbers, size: int, departments: Sequence[str], profiles: Sequence[str]
) -> Coefficients:
    end = 2 + size + len(departments) * (1 + size)
    blocks = values[2 + size : end].reshape(len(departments), 1 + size)
    return Coefficients(
        slope=float(values[0]),
        intercept=float(values[1]),
        weights=values[2 : 2 + size],
        intercepts={name: float(b[0]) for name, b in zip(departments, blocks, strict=True)},
        weights_by_department={n: b[1:] for n, b in zip(departments, blocks, strict=True)},
        profile_intercepts=dict(zip(profiles, values[end:].tolist(), strict=True)),
    )
