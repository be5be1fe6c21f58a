"""Write a phantom as a DICOM file: 12 bits stored in 16, explicit little endian, uncompressed.

Site A sends DX (PS3.3 A.26), MONOCHROME2, spacing at the detector only. Site B sends CR (A.2), partly MONOCHROME1,
with a calibrated Pixel Spacing beside the detector's (PS3.3 10.7.1.3). Both exist so that readers, import and viewer
meet the variety of real archives.
"""

import hashlib
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    ComputedRadiographyImageStorage,
    DigitalXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
)

from workers.phantoms.anatomy import FILM_MM
from workers.phantoms.exposure import MAX_VALUE
from workers.phantoms.generator import PHANTOM_VERSION, Phantom, window_of

FIRST_STUDY = date(2024, 1, 1)
MAGNIFICATION = 1.05  # a chest lies some centimetres before the detector
IMPLEMENTATION_UID = "2.25.98265163127519226450837427019315926112"


def uid(*parts: object) -> str:
    """Return a UID under 2.25 (PS3.5 B.2) that depends on nothing but its parts."""
    digest = hashlib.sha256("/".join(map(str, (PHANTOM_VERSION, *parts))).encode()).digest()
    return f"2.25.{int.from_bytes(digest[:15], 'big')}"


def write_dicom(phantom: Phantom, path: Path, *, size: int = 512, lateral: bool = False) -> None:
    """Write the frontal (or lateral) film of a phantom, size x size pixels."""
    dataset = Dataset()
    _add_patient_and_study(dataset, phantom)
    _add_image(dataset, phantom, size, lateral)
    _add_pixels(dataset, phantom, phantom.pixels(size, lateral=lateral))
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = IMPLEMENTATION_UID
    dataset.file_meta = meta
    dataset.save_as(path, enforce_file_format=True)


def _add_patient_and_study(dataset: Dataset, phantom: Phantom) -> None:
    day = FIRST_STUDY + timedelta(days=phantom.index % 300 + 60 * (phantom.study_number - 1))
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.PatientName = f"Phantom^{phantom.patient_id}"
    dataset.PatientID = phantom.patient_id
    dataset.PatientBirthDate = ""
    dataset.PatientSex = phantom.sex
    dataset.PatientAge = f"{phantom.age:03d}Y"
    dataset.StudyInstanceUID = uid("study", phantom.seed, phantom.index)
    dataset.StudyDate = day.strftime("%Y%m%d")
    dataset.StudyTime = f"{8 + phantom.index % 10:02d}{phantom.index % 60:02d}00"
    dataset.AccessionNumber = f"{phantom.seed}-{phantom.index}"
    dataset.ReferringPhysicianName = ""
    dataset.StudyID = str(phantom.index)
    dataset.StudyDescription = "Chest phantom"
    dataset.ReasonForTheRequestedProcedure = phantom.indication


def _add_image(dataset: Dataset, phantom: Phantom, size: int, lateral: bool) -> None:
    is_dx = phantom.site == "A"
    dataset.SOPClassUID = DigitalXRayImageStorageForPresentation if is_dx else ComputedRadiographyImageStorage
    dataset.SOPInstanceUID = uid("instance", phantom.seed, phantom.index, lateral)
    dataset.SeriesInstanceUID = uid("series", phantom.seed, phantom.index, lateral)
    dataset.Modality = "DX" if is_dx else "CR"
    dataset.SeriesNumber = 2 if lateral else 1
    dataset.InstanceNumber = 1
    dataset.Manufacturer = "LabelHub phantoms"
    dataset.ManufacturerModelName = f"Version {PHANTOM_VERSION}"
    dataset.InstitutionName = f"Site {phantom.site}"
    dataset.BodyPartExamined = "CHEST"
    dataset.ViewPosition = "LL" if lateral else phantom.view
    dataset.PatientOrientation = ["P", "F"] if lateral else ["L", "F"]
    dataset.ImageType = ["ORIGINAL", "PRIMARY"]
    dataset.ContentDate, dataset.ContentTime = dataset.StudyDate, dataset.StudyTime
    spacing = FILM_MM / size
    dataset.ImagerPixelSpacing = [round(spacing, 6), round(spacing, 6)]
    if is_dx:
        dataset.PresentationIntentType = "FOR PRESENTATION"
        dataset.PixelIntensityRelationship = "LOG"
        dataset.PixelIntensityRelationshipSign = 1
        dataset.BurnedInAnnotation = "NO"
    else:
        calibrated = round(spacing / MAGNIFICATION, 6)
        dataset.PixelSpacing = [calibrated, calibrated]
        dataset.PixelSpacingCalibrationType = "GEOMETRY"
        dataset.PixelSpacingCalibrationDescription = "Phantom magnification 1.05"


def _add_pixels(dataset: Dataset, phantom: Phantom, pixels: NDArray[np.uint16]) -> None:
    centre, width = window_of(pixels)
    is_monochrome1 = phantom.exposure.is_monochrome1
    if is_monochrome1:  # the lowest value is shown white (PS3.3 C.7.6.3.1.2)
        pixels = (MAX_VALUE - pixels).astype(np.uint16)
        centre = round(MAX_VALUE - centre, 1)
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME1" if is_monochrome1 else "MONOCHROME2"
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 12, 11
    dataset.PixelRepresentation = 0
    dataset.WindowCenter, dataset.WindowWidth = centre, width
    dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = 0, 1, "US"
    dataset.PresentationLUTShape = "INVERSE" if is_monochrome1 else "IDENTITY"
    dataset.LossyImageCompression = "00"
    dataset.PixelData = pixels.astype("<u2").tobytes()
    dataset["PixelData"].VR = "OW"
