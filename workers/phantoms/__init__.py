"""Versioned chest phantoms with known truth, and simulated readers. No clinical evidence; see docs/phantoms.md."""

from workers.phantoms.findings import FINDINGS
from workers.phantoms.generator import PHANTOM_VERSION, Box, Phantom, generate

__all__ = ["FINDINGS", "PHANTOM_VERSION", "Box", "Phantom", "generate"]
