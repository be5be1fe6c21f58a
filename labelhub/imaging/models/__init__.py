"""The models of imaging, by subject."""

from labelhub.imaging.models.cases import Case, CaseCounter, CaseVersion, HeldCaseVersion
from labelhub.imaging.models.corrections import Correction
from labelhub.imaging.models.exclusions import CaseExclusion
from labelhub.imaging.models.imports import ImportBatch, ImportFile, LabelMismatch, Upload
from labelhub.imaging.models.instances import Instance, SourceLabel
from labelhub.imaging.models.label_tables import CaseLabelTable
from labelhub.imaging.models.patients import Patient, Series, Split, Study

__all__ = [
    "Case",
    "CaseCounter",
    "CaseExclusion",
    "CaseLabelTable",
    "CaseVersion",
    "Correction",
    "HeldCaseVersion",
    "ImportBatch",
    "ImportFile",
    "Instance",
    "LabelMismatch",
    "Patient",
    "Series",
    "SourceLabel",
    "Split",
    "Study",
    "Upload",
]
