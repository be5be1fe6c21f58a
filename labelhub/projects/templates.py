"""Ready schemas to begin a project with. A project that was made from one is like any other: nothing ties it to it.

The findings of chest radiographs are those of the published label sets, so that labels can be compared with them: the
five of the CheXpert competition and its thirteen (Irvin et al. 2019, table 1; "no finding" is a read in which all are
absent), and the fourteen of ChestX-ray14 (Wang et al. 2017).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

from labelhub.core.errors import InvalidContent
from labelhub.projects.schemas import WORKSPACE_KEYS
from labelhub.questions import presence

# Digits first, then letters; none that the reading workspace uses itself.
KEYS = [key for key in "123456789" + ascii_lowercase if key not in WORKSPACE_KEYS]
# Whether a finding is marked with boxes, or said of the image as a whole.
BOXES, WHOLE = True, False


@dataclass(frozen=True)
class Template:
    """`findings` are in the form that `schemas.checked_schema` stores."""

    code: str
    name: str
    description: str
    findings: list[dict[str, Any]]


def _findings(boxes_of: dict[str, bool]) -> list[dict[str, Any]]:
    """A finding for each name, under the keys in their order."""
    return [
        {
            "code": re.sub(r"[^a-z0-9]+", "_", name.lower()),
            "name": name,
            "type": presence.NAME,
            "hotkey": key,
            "required": True,
            "boxes": boxes,
        }
        for key, (name, boxes) in zip(KEYS[: len(boxes_of)], boxes_of.items(), strict=True)
    ]


TEMPLATES = [
    Template(
        "chest_5",
        "Chest radiograph, 5 findings",
        "The five findings by which models of chest films are compared most often (CheXpert).",
        _findings(
            {
                "Atelectasis": BOXES,
                "Cardiomegaly": WHOLE,
                "Consolidation": BOXES,
                "Edema": WHOLE,
                "Pleural effusion": BOXES,
            }
        ),
    ),
    Template(
        "chest_chexpert",
        "Chest radiograph, CheXpert",
        "The thirteen observations of CheXpert; a film without any is one on which all are absent.",
        _findings(
            {
                "Enlarged cardiomediastinum": WHOLE,
                "Cardiomegaly": WHOLE,
                "Lung opacity": BOXES,
                "Lung lesion": BOXES,
                "Edema": WHOLE,
                "Consolidation": BOXES,
                "Pneumonia": BOXES,
                "Atelectasis": BOXES,
                "Pneumothorax": BOXES,
                "Pleural effusion": BOXES,
                "Pleural other": BOXES,
                "Fracture": BOXES,
                "Support devices": WHOLE,
            }
        ),
    ),
    Template(
        "chest_14",
        "Chest radiograph, 14 findings",
        "The fourteen findings of ChestX-ray14.",
        _findings(
            {
                "Atelectasis": BOXES,
                "Cardiomegaly": WHOLE,
                "Effusion": BOXES,
                "Infiltration": BOXES,
                "Mass": BOXES,
                "Nodule": BOXES,
                "Pneumonia": BOXES,
                "Pneumothorax": BOXES,
                "Consolidation": BOXES,
                "Edema": WHOLE,
                "Emphysema": WHOLE,
                "Fibrosis": WHOLE,
                "Pleural thickening": BOXES,
                "Hernia": BOXES,
            }
        ),
    ),
    Template(
        "lung",
        "Lung",
        "Nodules and diffuse disease of the lung, on films or CT.",
        _findings(
            {
                "Nodule": BOXES,
                "Mass": BOXES,
                "Consolidation": BOXES,
                "Ground-glass opacity": BOXES,
                "Interstitial pattern": WHOLE,
                "Emphysema": WHOLE,
                "Atelectasis": BOXES,
                "Lymphadenopathy": BOXES,
            }
        ),
    ),
    Template(
        "heart",
        "Heart",
        "Heart failure and devices on a chest film.",
        _findings(
            {
                "Cardiomegaly": WHOLE,
                "Pulmonary congestion": WHOLE,
                "Pulmonary edema": WHOLE,
                "Pleural effusion": BOXES,
                "Enlarged mediastinum": WHOLE,
                "Aortic calcification": BOXES,
                "Pacemaker or defibrillator": BOXES,
                "Sternal wires": WHOLE,
            }
        ),
    ),
    Template(
        "fracture",
        "Bone and fracture",
        "Injuries of one bone or joint after trauma.",
        _findings(
            {
                "Fracture": BOXES,
                "Dislocation": BOXES,
                "Joint effusion": BOXES,
                "Soft-tissue swelling": BOXES,
                "Bone lesion": BOXES,
                "Foreign body": BOXES,
                "Implant or cast": WHOLE,
            }
        ),
    ),
    Template(
        "joints",
        "Joints",
        "Osteoarthritis and arthritis, each sign by itself.",
        _findings(
            {
                "Joint-space narrowing": BOXES,
                "Osteophytes": BOXES,
                "Subchondral sclerosis": BOXES,
                "Subchondral cysts": BOXES,
                "Erosions": BOXES,
                "Joint effusion": BOXES,
                "Chondrocalcinosis": BOXES,
                "Malalignment": WHOLE,
                "Joint replacement": WHOLE,
            }
        ),
    ),
    Template(
        "abdomen",
        "Abdomen",
        "The acute abdomen on plain films.",
        _findings(
            {
                "Free gas": BOXES,
                "Dilated small bowel": BOXES,
                "Dilated large bowel": BOXES,
                "Air-fluid levels": BOXES,
                "Fecal loading": WHOLE,
                "Calculus": BOXES,
                "Foreign body": BOXES,
                "Tube or line": WHOLE,
            }
        ),
    ),
]


def template_named(code: str) -> Template:
    """Raises InvalidContent (unknown_template)."""
    found = next((each for each in TEMPLATES if each.code == code), None)
    if found is None:
        names = ", ".join(each.code for each in TEMPLATES)
        raise InvalidContent(f"There is no template {code}: choose from {names}.", code="unknown_template")
    return found
