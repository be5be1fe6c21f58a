"""One line of the table: an attribute, and what LabelHub makes of it."""

from dataclasses import dataclass

APPLIED, WARNED, REFUSED = "applied", "warned", "refused"


@dataclass(frozen=True)
class Row:
    """One attribute: its place in PS3.3, what is done, and the codes that say where it is not.

    `warns_if_present`: it is never followed, so that the first code of `warnings` is told of each file that has it.
    """

    keyword: str
    section: str
    effect: str
    handling: str = APPLIED
    warnings: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()
    warns_if_present: bool = False
