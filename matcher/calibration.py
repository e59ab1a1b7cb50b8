"""What people's judgements make of a score: a probability and, where proven better, an order."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from matcher.feedback import Judgement
from matcher.regression import Coefficients, Numbers, Sample, Spread, fitted

LEAST_JUDGEMENTS = 20
"""Judgements in the university before a probability is shown."""

LEAST_OF_EACH = 5
"""How many of them must say yes, and how many no."""

LEAST_JUDGES = 10
"""Profiles with a yes and a no before another order can be proven."""

FOLDS = 5
MARGIN = 1.64
"""Standard errors by which another order must be better: one chance in twenty of an error."""

STRAY, DEPARTMENT_STRAY = 0.15, 0.05
"""Standard deviations by which the weights of a feature may stray from the production ones."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was learned from all judgements of a university."""

    names: tuple[str, ...]
    """Features, in the order of weights."""
    prior: Numbers
    """(f,) weights of the production order."""
    shown: Coefficients | None
    """What probabilities are computed with; None where too little was judged."""
    is_reordered: bool
    """Whether another order than the production one is proven better."""

    @classmethod
    def of(cls, judgements: Sequence[Judgement], prior: Mapping[str, float]) -> "Calibration":
        """Return what ``judgements`` teach; the same ones always teach the same.

        Args:
            judgements: Those of pairs that were measured by other features are left out.
            prior: Weight of each feature in the production order.
        """
        names = tuple(prior)
        weights = np.array(list(prior.values()), np.float64)
        usable = [one for one in judgements if one.features.keys() == prior.keys()]
        usable.sort(key=lambda one: (one.profile, one.opportunity_id))
        if not is_enough(usable):
            return cls(names, weights, None, is_reordered=False)
        sample = sample_of(usable, names, weights)
        is_better = is_proven(sample)
        learned = reordering(sample) if is_better else fitted(sample, Spread())
        return cls(names, weights, learned, is_reordered=is_better)

    def weights(self, department: str) -> Numbers:
        """Return the weight of each feature in the order for ``department``, as ``names`` go."""
        if self.shown is None or not self.is_reordered:
            return self.prior
        return self.prior + self.shown.weights_of(department) / self.shown.slope

    def order(self, department: str, features: Numbers) -> list[int]:
        """Return the rows of ``features``, (n, f), best first; equal ones as they came."""
        scores = features @ self.weights(department)
        return [int(row) for row in np.argsort(-scores, kind="stable")]

    def probability(
        self, profile: str, department: str, features: Mapping[str, float]
    ) -> float | None:
        """Return how likely people call it fitting.

        None where too little was judged, or where the features are not those that were learned.
        """
        if self.shown is None or features.keys() != set(self.names):
            return None
        row = np.array([features[name] for name in self.names], np.float64)
        score = self.shown.slope * float(row @ self.prior)
        added = float(row @ self.shown.weights_of(department))
        logit = score + added + self.shown.intercept_of(department, profile)
        return round(float(expit(logit)), 4)


def reordering(sample: Sample) -> Coefficients:
    """Return coefficients that weigh the features anew, too."""
    slope = fitted(sample, Spread()).slope  # log odds for each unit of the production score
    spread = Spread(weight=slope * STRAY, department_weight=slope * DEPARTMENT_STRAY)
    return fitted(sample, spread)


def is_proven(sample: Sample) -> bool:
    """Return whether weighing the features anew is better for profiles that were not learned from.

    Profiles are dealt into folds; each fold is predicted from the others, with the score alone and
    with its features. Both the log loss and the order of the judged pairs must be better by
    ``MARGIN`` standard errors, taken over profiles.
    """
    gains = np.array(list(_gains(sample).values()))
    if len(gains) < LEAST_JUDGES:
        return False
    errors = gains.std(axis=0, ddof=1) / len(gains) ** 0.5
    return bool(np.all(gains.mean(axis=0) > MARGIN * errors))


def is_enough(judgements: Sequence[Judgement]) -> bool:
    """Return whether a probability can be learned from ``judgements``."""
    kinds = Counter(one.fits for one in judgements)
    return len(judgements) >= LEAST_JUDGEMENTS and min(kinds[True], kinds[False]) >= LEAST_OF_EACH


def sample_of(judgements: Sequence[Judgement], names: Sequence[str], prior: Numbers) -> Sample:
    """Return ``judgements`` as numbers, features in the order of ``names``."""
    rows = [[one.features[name] for name in names] for one in judgements]
    features = np.array(rows, np.float64)
    return Sample(
        features=features,
        scores=features @ prior,
        departments=tuple(one.department for one in judgements),
        profiles=tuple(one.profile for one in judgements),
        fits=np.array([one.fits for one in judgements], np.float64),
        weights=np.array([one.weight for one in judgements], np.float64),
    )


def _gains(sample: Sample) -> dict[str, tuple[float, float]]:
    """Return what each profile with a yes and a no gains: in log loss, and in order."""
    profiles = np.array(sample.profiles)
    fold_of = {name: at % FOLDS for at, name in enumerate(sorted(set(sample.profiles)))}
    folds = np.array([fold_of[name] for name in sample.profiles])
    gains = {}
    for fold in sorted(set(fold_of.values())):
        learned, held = sample.part(folds != fold), sample.part(folds == fold)
        before = fitted(learned, Spread()).logits(held)
        after = reordering(learned).logits(held)
        for name in sorted(set(held.profiles)):
            own = profiles[folds == fold] == name
            fits = held.fits[own]
            if 0 < fits.sum() < len(fits):
                gains[name] = (
                    _log_loss(before[own], fits) - _log_loss(after[own], fits),
                    _ordered(after[own], fits) - _ordered(before[own], fits),
                )
    return gains


def _log_loss(logits: Numbers, fits: Numbers) -> float:
    return float(np.mean(np.logaddexp(0.0, logits) - fits * logits))


def _ordered(logits: Numbers, fits: Numbers) -> float:
    """Return the share of pairs of a yes and a no that are in order; ties count half."""
    ahead = logits[fits == 1][:, None] - logits[fits == 0]
    return float((np.sign(ahead) / 2 + 0.5).mean())
