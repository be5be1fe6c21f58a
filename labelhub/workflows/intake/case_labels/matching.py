"""Which case each line of a table means. What could mean two cases means none: it is told instead."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from labelhub.core.pages import in_pages
from labelhub.imaging.file_names import searched_name
from labelhub.imaging.models import Case, ImportFile, Instance
from labelhub.projects.models import Project
from labelhub.workflows.intake.case_labels.table import CaseLine
from labelhub.workflows.intake.labels.matching import ENDINGS, matched_lines
from labelhub.workflows.intake.labels.table import merged_answers
from labelhub.workflows.intake.labels.text import invalid

CHUNK = 500
NAMES_A_QUERY = 5_000
MOST_IMAGES = 200_000
"""A table names so many at most; `view1_frontal.jpg` alone may be the name of every image of a project."""
NO_CASE, TWO_CASES = "no_case", "two_cases"


@dataclass(frozen=True)
class Labelled:
    """A case and the lines that speak of it, which together say `answers`."""

    case_id: UUID
    number: int
    lines: list[CaseLine]

    @property
    def answers(self) -> dict[str, str]:
        return merged_answers(line.answers for line in self.lines)


@dataclass(frozen=True)
class Matched:
    """The cases in order of their numbers, and the lines that have none, each with why."""

    cases: list[Labelled]
    unknown: list[tuple[CaseLine, str]]


def cases_of_lines(project: Project, lines: list[CaseLine]) -> Matched:
    """Find the case of each line; of a line that names a number and an image, both have to be of one case.

    Raises:
        InvalidContent: `invalid_labels`; the names of files are those of too many images.
    """
    named = _cases_named(project, lines)
    imaged = _cases_of_images(project, [line for line in lines if line.image])
    by_case: dict[tuple[int, UUID], list[CaseLine]] = defaultdict(list)
    unknown = []
    for line in lines:
        by_name, by_image = named.get(line.number or line.case_id), imaged.get(line.line)
        case = by_name if line.number or line.case_id else by_image
        if case is None:
            unknown.append((line, NO_CASE))
        elif by_image not in (None, case):
            unknown.append((line, TWO_CASES))
        else:
            by_case[case].append(line)
    return Matched(
        [Labelled(case_id, number, by_case[number, case_id]) for number, case_id in sorted(by_case)], unknown
    )


def _cases_named(project: Project, lines: list[CaseLine]) -> dict[int | UUID | None, tuple[int, UUID]]:
    """{number or id: case} of those that readers are given."""
    found: dict[int | UUID | None, tuple[int, UUID]] = {}
    here = Case.objects.filter(project=project, current_version__isnull=False)
    for chunk in in_pages((line for line in lines if line.number or line.case_id), CHUNK):
        numbers = {line.number for line in chunk if line.number}
        ids = {line.case_id for line in chunk if line.case_id}
        rows = here.filter(Q(number__in=numbers) | Q(id__in=ids)) if ids else here.filter(number__in=numbers)
        for number, case_id in rows.values_list("number", "id"):
            found[number] = found[case_id] = (number, case_id)
    return found


def _cases_of_images(project: Project, lines: list[CaseLine]) -> dict[int, tuple[int, UUID]]:
    """{line: case} by the rules of an import, among the images that have the name of a line's file."""
    images: dict[UUID, tuple[str, tuple[int, UUID]]] = {}
    spelt = {name for line in lines for name in _spellings(line.image)}
    images.update(_images_named(project, spelt))
    there = {name for name, _ in images.values()}
    others = (name for line in lines if not there & _spellings(line.image) for name in _endings(line.image))
    images.update(_images_named(project, others))
    paths = _paths(images)
    found = matched_lines([line.image for line in lines], (path for path, _ in paths))
    case_of = dict(paths)
    return {lines[index].line: case_of[path] for path, index in found.items()}


def _images_named(
    project: Project, names: Iterable[str]
) -> Iterator[tuple[UUID, tuple[str, tuple[int, UUID]]]]:
    here = Instance.objects.filter(project=project, case__current_version__isnull=False)
    left = MOST_IMAGES
    for chunk in in_pages(names, NAMES_A_QUERY):
        # The second condition is that of the index.
        rows = here.filter(file_name__in=set(chunk)).exclude(file_name="")
        columns = ("id", "file_name", "case__number", "case_id")
        for instance_id, name, number, case_id in rows.values_list(*columns)[: left + 1]:
            left -= 1
            if left < 0:
                raise invalid(
                    f"More than {MOST_IMAGES:,} images of this project have file names of the label table. Name the "
                    "cases by their numbers, in a column case_number."
                )
            assert case_id is not None
            yield instance_id, (name, (number, case_id))


def _paths(images: dict[UUID, tuple[str, tuple[int, UUID]]]) -> list[tuple[str, tuple[int, UUID]]]:
    """The path under which each image was sent, with its case."""
    sent: dict[UUID, str] = {}
    for chunk in in_pages(images, CHUNK):
        files = ImportFile.objects.filter(instance_id__in=chunk, outcome=ImportFile.Outcome.ACCEPTED)
        sent.update(files.values_list("instance_id", "path"))
    return [(sent.get(instance_id, name), case) for instance_id, (name, case) in images.items()]


def _spellings(image: str) -> set[str]:
    """The name of a file as it may be kept: with letters composed or not."""
    return {searched_name(unicodedata.normalize(form, image)) for form in ("NFC", "NFD")}


def _endings(image: str) -> Iterator[str]:
    """The names that a file may have whose ending the table leaves out, or has otherwise."""
    for name in _spellings(image):
        stem, _, ending = name.rpartition(".")
        bare = stem if stem and ending in ENDINGS else name
        yield bare
        yield from (f"{bare}.{ending}" for ending in ENDINGS)
