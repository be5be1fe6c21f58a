"""What the worklist promises, as a model of dictionaries: cases with slots, readers, leases. No order of offers."""

from __future__ import annotations

from dataclasses import dataclass, field

NEEDED = 2
HOLDING = ("reserved", "open", "submitted")


@dataclass
class Reference:
    """`state[(case, reader)]` follows every call; what may be offered is said as a set."""

    cases: set[str]
    state: dict[tuple[str, str], str] = field(default_factory=dict)
    late: set[tuple[str, str]] = field(default_factory=set)

    def held(self, case: str) -> int:
        return sum(state in HOLDING for (of, _), state in self.state.items() if of == case)

    def is_free(self, case: str) -> bool:
        return self.held(case) < NEEDED

    def current(self, reader: str, state: str) -> set[str]:
        return {case for (case, who), now in self.state.items() if who == reader and now == state}

    def may_be_offered(self, reader: str, *, ahead: bool) -> set[str]:
        """Cases that `next` may answer with; empty: it must say that there is nothing."""
        mine = self.current(reader, "reserved") if ahead else self.current(reader, "open")
        mine = mine or self.current(reader, "reserved")
        new = {case for case in self.cases if (case, reader) not in self.state and self.is_free(case)}
        begun = {case for case in new if any(of == case for of, _ in self.state)}
        return mine or begun or new

    def claim(self, reader: str, case: str, *, ahead: bool) -> None:
        known = self.state.get((case, reader))
        self.state[case, reader] = (known or "reserved") if ahead else "open"

    def open(self, reader: str, case: str) -> bool:
        """False: the slot was given away."""
        if self.state[case, reader] in ("expired", "released") and not self.is_free(case):
            return False
        self.state[case, reader] = "open"
        return True

    def submit(self, reader: str, case: str) -> str:
        """'read' or 'late'."""
        if self.open(reader, case):
            self.state[case, reader] = "submitted"
            return "read"
        self.late.add((case, reader))
        return "late"

    def leave(self, reader: str, case: str, state: str) -> None:
        """Skip, release or let the lease run out; a reservation that was never opened leaves nothing."""
        if self.state[case, reader] == "reserved" and state != "skipped":
            del self.state[case, reader]
        else:
            self.state[case, reader] = state
