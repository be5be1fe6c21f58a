"""The answer every agreement statistic gives: a value with its interval, or the reason why there is none."""

import dataclasses
import enum
import math

import numpy as np

from labelhub.consensus.agreement.ratings import Ratings

DECIMALS = 12  # beyond this, floating-point sums depend on the order of the rows


class Undefined(enum.StrEnum):
    """Why a statistic, or its interval, does not exist for these ratings."""

    NO_OVERLAP = "no_overlap"
    ONE_CATEGORY = "one_category"
    NOT_TWO_READERS = "not_two_readers"
    TOO_FEW_ITEMS = "too_few_items"
    NO_VARIATION = "no_variation"

    @property
    def sentence(self) -> str:
        """Say the reason to a person."""
        return _SENTENCES[self]


_SENTENCES = {
    Undefined.NO_OVERLAP: "No case has two answers to compare.",
    Undefined.ONE_CATEGORY: "All answers are the same value, so agreement by chance is certain.",
    Undefined.NOT_TWO_READERS: "This statistic compares exactly two readers.",
    Undefined.TOO_FEW_ITEMS: "Too few cases or patients for an interval.",
    Undefined.NO_VARIATION: "The cases do not vary, so they say nothing about the width of an interval.",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Agreement:
    """One statistic with its 95 % interval.

    `value` is None when the statistic is undefined; `low` and `high` are None when the interval is. In both
    cases `reason` says why. `n_items` counts the items with at least two ratings and `n_ratings` the ratings
    they hold. `method` names the statistic and how its interval was computed.
    """

    value: float | None
    low: float | None
    high: float | None
    n_items: int
    n_ratings: int
    method: str
    standard_error: float | None = None
    reason: Undefined | None = None

    def __post_init__(self) -> None:
        for name in ("value", "low", "high", "standard_error"):
            number = getattr(self, name)
            if number is None:
                continue
            if not math.isfinite(number):
                raise ValueError(f"{name} of an agreement must be finite or None, got {number}")
            # Adding 0.0 turns -0.0 into 0.0.
            object.__setattr__(self, name, round(float(number), DECIMALS) + 0.0)


def undefined(ratings: Ratings, method: str, reason: Undefined) -> Agreement:
    """Report that a statistic does not exist for these ratings."""
    n_items, n_ratings = ratings.n_pairable_items, ratings.n_pairable_ratings
    return Agreement(None, None, None, n_items, n_ratings, method, reason=reason)


def defined(
    ratings: Ratings,
    method: str,
    value: float,
    interval: tuple[float, float] | Undefined | None,
    standard_error: float | None = None,
) -> Agreement:
    """Report a value; where it has no interval, say why."""
    reason, interval = (interval, None) if isinstance(interval, Undefined) else (None, interval)
    if interval is None and reason is None:
        n_compared = len(np.unique(ratings.cluster[ratings.counts.sum(axis=1) >= 2]))
        reason = Undefined.TOO_FEW_ITEMS if n_compared < 2 else Undefined.NO_VARIATION
    low, high = interval or (None, None)
    n_items, n_ratings = ratings.n_pairable_items, ratings.n_pairable_ratings
    return Agreement(value, low, high, n_items, n_ratings, method, standard_error, reason)
