"""What a film's view means, however it is written: PA, "AP supine", LATERAL, "left lateral". Pure.

Codes: View Position (0018,5101), PS3.3 C.8.1.1 and C.8.11.5.1.1; mammograms PS3.16 CID 4014.
"""

from __future__ import annotations

import re

FRONTAL = frozenset(("PA", "AP"))
LATERAL = frozenset(("LL", "RL", "ML", "LM"))
DECUBITUS = frozenset(("LLD", "RLD"))
OBLIQUE = frozenset(("LLO", "RLO"))

SHORT = {
    "lat": "lateral",
    "l": "left",
    "lt": "left",
    "r": "right",
    "rt": "right",
    "dec": "decubitus",
    "decub": "decubitus",
    "obl": "oblique",
    "posteroanterior": "pa",
    "anteroposterior": "ap",
    "mediolateral": "ml",
    "lateromedial": "lm",
    "craniocaudal": "cc",
}
SILENT = frozenset(("view", "projection", "film", "radiograph", "xray"))
"""Words that say nothing of the view."""
CODES = FRONTAL | LATERAL | DECUBITUS | OBLIQUE | {"CC", "MLO", "LMO", "XCCL", "XCCM", "SIO"}
NAMES = {
    "frontal": FRONTAL,
    "lateral": LATERAL,
    "left lateral": frozenset(("LL",)),
    "right lateral": frozenset(("RL",)),
    "decubitus": DECUBITUS,
    "lateral decubitus": DECUBITUS,
    "left decubitus": frozenset(("LLD",)),
    "right decubitus": frozenset(("RLD",)),
    "left lateral decubitus": frozenset(("LLD",)),
    "right lateral decubitus": frozenset(("RLD",)),
    "oblique": OBLIQUE,
    "lateral oblique": OBLIQUE,
    "left oblique": frozenset(("LLO",)),
    "right oblique": frozenset(("RLO",)),
    "left lateral oblique": frozenset(("LLO",)),
    "right lateral oblique": frozenset(("RLO",)),
    "ml oblique": frozenset(("MLO",)),
    "lm oblique": frozenset(("LMO",)),
}
CODES_OF = {frozenset(name.split()): codes for name, codes in NAMES.items()} | {
    frozenset((code.lower(),)): frozenset((code,)) for code in CODES
}
VIEW_WORDS = frozenset(word for name in CODES_OF for word in name)


def is_frontal(view: str) -> bool:
    """Say whether a view is PA, AP or one of the two."""
    codes, _ = _meaning(view)
    return bool(codes) and codes <= FRONTAL


def is_one_view(a: str, b: str) -> bool:
    """Say whether two views can be of one film: LATERAL and LL can, as can AP and "AP supine"; LL and RL cannot."""
    (codes_a, rest_a), (codes_b, rest_b) = _meaning(a), _meaning(b)
    return bool(codes_a & codes_b) and (rest_a <= rest_b or rest_b <= rest_a)


def _meaning(view: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the codes that a view may stand for, and what else is said: of "AP supine" AP, and "supine".

    Words that are no name together, as "PA and lateral", may stand for what any of them does; a view without any known
    word is a code of its own.
    """
    bare = [word for word in re.split(r"[\W_]+", view.casefold()) if word and word not in SILENT]
    # A lone L is short for lateral, as PadChest has it; in "L lateral" it is the side.
    words = frozenset(["lateral"] if bare == ["l"] else [SHORT.get(word, word) for word in bare])
    named = words & VIEW_WORDS
    each = [CODES_OF.get(frozenset((word,)), frozenset()) for word in named]
    if codes := CODES_OF.get(named) or frozenset().union(*each):
        return codes, words - named
    return frozenset([" ".join(sorted(words))] if words else []), frozenset()
