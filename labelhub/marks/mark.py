"""A mark, and what a module of this package must offer to be a kind of mark.

Image space: x = column, y = row, origin at the outer corner of the top-left pixel (DICOM PS3.3 C.18.6.1.1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Geometry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ImageSize:
    """Size in pixels of one instance's frames."""

    rows: int
    columns: int
    n_frames: int


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark for one finding on one frame of one instance; `geometry` in pixels, as its kind says."""

    id: str
    kind: str
    finding: str
    instance: str
    frame: int
    geometry: Geometry
    region_class: str | None = None
    space: str = "image"

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "kind": self.kind,
            "finding": self.finding,
            "region_class": self.region_class,
            "space": self.space,
            "instance": self.instance,
            "frame": self.frame,
            "geometry": dict(self.geometry),
        }


class MarkKind(Protocol):
    """A module of `labelhub.marks`."""

    NAME: str
    SCHEMA: Mapping[str, Any]
    """Its geometry in the published schema of the API (OpenAPI 3)."""

    def parse(self, geometry: Any, size: ImageSize, details: dict[str, str]) -> Geometry:
        """The geometry in canonical form. Raises InvalidContent with `details`."""

    def largest_overlap(self, first: Sequence[Geometry], second: Sequence[Geometry]) -> float:
        """The largest overlap, in [0, 1], of one mark of each; both lie on the same frame."""

    def measure(self, geometry: Geometry, mm_per_pixel: tuple[float, float] | None) -> dict[str, float]:
        """Its measures in mm (`mm_per_pixel` along x and y), else in pixels."""

    def export(self, geometry: Geometry) -> dict[str, Any]:
        """Its columns in an export, none of them named image, kind, frame, region_class or finding."""

    def read_back(self, columns: Mapping[str, Any]) -> Geometry:
        """The geometry, not yet parsed, that has these columns in an export."""
