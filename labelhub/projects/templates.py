"""Ready schemas to begin a project with. A project that was made from one is like any other: nothing ties it to it.

The findings of chest radiographs are those of the published label sets, so that labels can be compared with them: the
five of the CheXpert competition and its thirteen (Irvin et al. 2019, table 1; "no finding" is a read in which all are
absent), and the fourteen of ChestX-ray14 (Wang et al. 2017).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from labelhub.core.errors import InvalidContent
from labelhub.questions import presence

# Digits first, then the letters that the reading workspace leaves free (`schemas.WORKSPACE_KEYS`).
KEYS = "123456789djoqsty"


@dataclass(frozen=True)
class Template:
    """`findings` are in the form that `schemas.checked_schema` stores."""

    code: str
    name: str
    description: str
    findings: list[dict[str, Any]]


def _findings(**boxes_of: bool) -> list[dict[str, Any]]:
    """A finding for each code, whether it is marked with boxes, under the keys in their order."""
    return [
        {
            "code": code,
            "name": code.replace("_", " ").capitalize(),
            "type": presence.NAME,
            "hotkey": key,
            "required": True,
            "boxes": boxes,
        }
        for key, (code, boxes) in zip(KEYS[: len(boxes_of)], boxes_of.items(), strict=True)
    ]


TEMPLATES = [
    Template(
        "chest_5",
        "Chest radiograph, 5 findings",
        "The five findings by which models of chest films are compared most often (CheXpert).",
        _findings(
            atelectasis=True, cardiomegaly=False, consolidation=True, edema=False, pleural_effusion=True
        ),
    ),
    Template(
        "chest_chexpert",
        "Chest radiograph, CheXpert",
        "The thirteen observations of CheXpert; a film without any is one on which all are absent.",
        _findings(
            enlarged_cardiomediastinum=False,
            cardiomegaly=False,
            lung_opacity=True,
            lung_lesion=True,
            edema=False,
            consolidation=True,
            pneumonia=True,
            atelectasis=True,
            pneumothorax=True,
            pleural_effusion=True,
            pleural_other=True,
            fracture=True,
            support_devices=False,
        ),
    ),
    Template(
        "chest_14",
        "Chest radiograph, 14 findings",
        "The fourteen findings of ChestX-ray14.",
        _findings(
            atelectasis=True,
            cardiomegaly=False,
            effusion=True,
            infiltration=True,
            mass=True,
            nodule=True,
            pneumonia=True,
            pneumothorax=True,
            consolidation=True,
            edema=False,
            emphysema=False,
            fibrosis=False,
            pleural_thickening=True,
            hernia=True,
        ),
    ),
    Template(
        "lung",
        "Lung",
        "Nodules and diffuse disease of the lung, on films or CT.",
        _findings(
            nodule=True,
            mass=True,
            consolidation=True,
            ground_glass_opacity=True,
            interstitial_pattern=False,
            emphysema=False,
            atelectasis=True,
            lymphadenopathy=True,
        ),
    ),
    Template(
        "heart",
        "Heart",
        "Heart failure and devices on a chest film.",
        _findings(
            cardiomegaly=False,
            pulmonary_congestion=False,
            pulmonary_edema=False,
            pleural_effusion=True,
            enlarged_mediastinum=False,
            aortic_calcification=True,
            pacemaker_or_defibrillator=True,
            sternal_wires=False,
        ),
    ),
    Template(
        "fracture",
        "Bone and fracture",
        "Injuries of one bone or joint after trauma.",
        _findings(
            fracture=True,
            dislocation=True,
            joint_effusion=True,
            soft_tissue_swelling=True,
            bone_lesion=True,
            foreign_body=True,
            implant_or_cast=False,
        ),
    ),
    Template(
        "joints",
        "Joints",
        "Osteoarthritis and arthritis, each sign by itself.",
        _findings(
            joint_space_narrowing=True,
            osteophytes=True,
            subchondral_sclerosis=True,
            subchondral_cysts=True,
            erosions=True,
            joint_effusion=True,
            chondrocalcinosis=True,
            malalignment=False,
            joint_replacement=False,
        ),
    ),
    Template(
        "abdomen",
        "Abdomen",
        "The acute abdomen on plain films.",
        _findings(
            free_gas=True,
            dilated_small_bowel=True,
            dilated_large_bowel=True,
            air_fluid_levels=True,
            faecal_loading=False,
            calculus=True,
            foreign_body=True,
            tube_or_line=False,
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
