"""The statistics that a project page shows for one finding."""

from labelhub.consensus.agreement.alpha import krippendorff_alpha
from labelhub.consensus.agreement.many_readers import fleiss_kappa, gwet_ac1, pabak, percent_agreement
from labelhub.consensus.agreement.ratings import Ratings
from labelhub.consensus.agreement.result import Agreement
from labelhub.consensus.agreement.two_readers import cohen_kappa


def summarise(ratings: Ratings) -> dict[str, Agreement]:
    """Compute every nominal statistic, by the key it has in the API."""
    return {
        "percent": percent_agreement(ratings),
        "cohen": cohen_kappa(ratings),
        "fleiss": fleiss_kappa(ratings),
        "alpha": krippendorff_alpha(ratings),
        "ac1": gwet_ac1(ratings),
        "pabak": pabak(ratings),
    }
