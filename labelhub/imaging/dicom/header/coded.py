"""Coded values that may leave the engine as they are: everything else in a coded attribute could be anything.

Terms: PS3.3 C.7.3.1.1.1 (modality), C.8.11.5.1.1 and C.8.1.1 (view), C.7.6.1.1.2 (image type); PS3.16 annex L
(body part).
"""

from pydicom.dataset import Dataset

from labelhub.imaging.dicom.header.attributes import coded_text_of, terms, text_of, values_of

MODALITIES = terms(
    "AR AU BDUS BI BMD CR CT CTPROTOCOL DG DOC DX ECG EPS ES FID GM HC HD IO IVOCT IVUS KER KO LEN LS M3D MG MR NM OAM "
    "OCT OP OPM OPT OPTBSV OPTENF OPV OSS OT PA PLAN POS PR PT PX REG RESP RF RG RTDOSE RTIMAGE RTPLAN RTRECORD "
    "RTSTRUCT RWV SEG SM SMR SR SRF STAIN TEXTUREMAP TG US VA XA XC ANN"
)
VIEW_POSITIONS = terms(
    "AP PA LL RL RLD LLD RLO LLO LAT LATERAL CC MLO ML LM LMO XCCL XCCM FB SIO ISO CV AT SWIM"
)
LATERALITIES = frozenset("RLUB")
AXIS_OF = {"R": 0, "L": 0, "A": 1, "P": 1, "H": 2, "F": 2}
IMAGE_TYPES = terms(
    "ORIGINAL DERIVED PRIMARY SECONDARY AXIAL LOCALIZER REFORMATTED MPR VOLUME PROJECTION MIP MINIP STATIC DYNAMIC "
    "GATED TOMO RECON EMISSION TRANSMISSION MIXED OTHER NONE M P R I FFE SE ND NORM POST_PROCESSED POST_CONTRAST "
    "RESAMPLED SINGLE PLANE BIPLANE"
)
BODY_PARTS = {
    "ABDOMEN": "abdomen",
    "ABDOMENPELVIS": "abdomen and pelvis",
    "ANKLE": "ankle",
    "BLADDER": "bladder",
    "BRAIN": "brain",
    "BREAST": "breast",
    "CSPINE": "cervical spine",
    "CHEST": "chest",
    "CHESTABDPELVIS": "chest, abdomen and pelvis",
    "CHESTABDOMEN": "chest and abdomen",
    "CLAVICLE": "clavicle",
    "COLON": "colon",
    "EAR": "ear",
    "ELBOW": "elbow",
    "EXTREMITY": "extremity",
    "EYE": "eye",
    "FACE": "face",
    "FEMUR": "femur",
    "FINGER": "finger",
    "FOOT": "foot",
    "FOREARM": "forearm",
    "HAND": "hand",
    "HEAD": "head",
    "HEADNECK": "head and neck",
    "HEART": "heart",
    "HIP": "hip",
    "HUMERUS": "humerus",
    "JAW": "jaw",
    "KIDNEY": "kidney",
    "KNEE": "knee",
    "LEG": "leg",
    "LIVER": "liver",
    "LSPINE": "lumbar spine",
    "LUNG": "lung",
    "NECK": "neck",
    "ORBIT": "orbit",
    "PELVIS": "pelvis",
    "PROSTATE": "prostate",
    "RIB": "ribs",
    "SACRUM": "sacrum",
    "SHOULDER": "shoulder",
    "SKULL": "skull",
    "SPINE": "spine",
    "SSPINE": "sacral spine",
    "STERNUM": "sternum",
    "TSPINE": "thoracic spine",
    "THIGH": "thigh",
    "THORAX": "thorax",
    "TOE": "toe",
    "UTERUS": "uterus",
    "WHOLEBODY": "whole body",
    "WRIST": "wrist",
}


def modality_of(header: Dataset) -> str:
    """Return the modality, OT when it is none of the defined terms."""
    return coded_text_of(header, "Modality", MODALITIES) or "OT"


def series_label_of(header: Dataset, modality: str) -> str:
    """Return modality and body part, as far as both are coded."""
    body_part = BODY_PARTS.get((text_of(header, "BodyPartExamined") or "").upper())
    return f"{modality} {body_part}" if body_part else modality


def view_position_of(header: Dataset) -> str | None:
    """Return the view of a radiograph."""
    return coded_text_of(header, "ViewPosition", VIEW_POSITIONS)


def laterality_of(header: Dataset) -> str | None:
    """Return the side, of the image if given, else of the series."""
    return coded_text_of(header, "ImageLaterality", LATERALITIES) or coded_text_of(
        header, "Laterality", LATERALITIES
    )


def patient_orientation_of(header: Dataset) -> list[str]:
    """Return towards what rows and columns run (PS3.3 C.7.6.1.1.1), as letters; empty where it is not said so."""
    values = [str(value).strip().upper() for value in values_of(header, "PatientOrientation")]
    axes = [[AXIS_OF.get(letter) for letter in value] for value in values]
    known = all(own and None not in own and len(set(own)) == len(own) for own in axes)
    # Rows and columns run along one axis in no image.
    return values if len(values) == 2 and known and axes[0][0] != axes[1][0] else []


def image_type_of(header: Dataset) -> list[str]:
    """Return the known values of the image type, in order."""
    values = (str(value).strip().upper() for value in values_of(header, "ImageType")[:8])
    return [value for value in values if value in IMAGE_TYPES]


def standard_class_of(header: Dataset) -> str | None:
    """Return the SOP class if it is one of the standard's."""
    uid = text_of(header, "SOPClassUID") or ""
    is_standard = uid.startswith("1.2.840.10008.5.1.4.") and uid.replace(".", "").isdigit() and len(uid) <= 64
    return uid if is_standard and uid.isascii() else None
