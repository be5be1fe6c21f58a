"""How many readers a case of a round asks. Pure: the preview of a change and the change itself ask here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Slots:
    """The slots of a case: all, those above the wanted number, those nobody has taken; and the reads that are in."""

    n_needed: int
    n_extra: int
    n_open: int
    n_submitted: int

    @property
    def n_wanted(self) -> int:
        return self.n_needed - self.n_extra

    @property
    def is_complete(self) -> bool:
        return self.n_submitted >= self.n_needed

    def under(self, wanted: int, n_unreadable: int) -> Slots:
        """The slots once `wanted` readers are asked for and `n_unreadable` reads say 'not readable'.

        Each such read asks one reader more, until as many say so as reads are wanted. A slot above that is withdrawn
        unless somebody has taken it.
        """
        n_taken = self.n_needed - self.n_open
        asked = wanted + (n_unreadable if n_unreadable < wanted else 0)
        n_needed = max(asked, n_taken)
        return Slots(n_needed, n_needed - wanted, n_needed - n_taken, self.n_submitted)
