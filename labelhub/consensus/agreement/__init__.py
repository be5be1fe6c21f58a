"""Agreement between readers: chance-corrected statistics with 95 % intervals.

Pure: arrays and dataclasses in and out, no Django. Formulas, choices and sources are set out in
docs/statistics.md.
"""

from labelhub.consensus.agreement.alpha import krippendorff_alpha
from labelhub.consensus.agreement.many_readers import fleiss_kappa, gwet_ac1, pabak, percent_agreement
from labelhub.consensus.agreement.ratings import Ratings, RatingsError, tabulate, tabulate_by_finding
from labelhub.consensus.agreement.result import Agreement, Undefined
from labelhub.consensus.agreement.summary import summarise
from labelhub.consensus.agreement.two_readers import PairAgreement, cohen_kappa, pairwise_table

__all__ = [
    "Agreement",
    "PairAgreement",
    "Ratings",
    "RatingsError",
    "Undefined",
    "cohen_kappa",
    "fleiss_kappa",
    "gwet_ac1",
    "krippendorff_alpha",
    "pabak",
    "pairwise_table",
    "percent_agreement",
    "summarise",
    "tabulate",
    "tabulate_by_finding",
]
