"""Where a consensus finding lies: the boxes behind a label."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from labelhub.consensus.models import AdjudicationDecision, ConsensusLabel
from labelhub.imaging.models import CaseVersion, Instance
from labelhub.marks import KINDS, Mark
from labelhub.projects.models import LabelSchema
from labelhub.questions import AnswerType, question_of
from labelhub.reading.models import Annotation, Read
from labelhub.reading.stored import stored_mark

Behind = dict[tuple[str, str], list[Mark]]
"""(id of a read or a decision, finding) -> marks"""


def label_boxes(labels: Collection[ConsensusLabel]) -> dict[UUID, list[dict[str, Any]]]:
    """{label id: boxes}: the adjudicator's where she decided and drew any, else those of the reads behind the label.

    A box names its image by content hash; its measures are in mm where the image says so. They come in the order of
    their images, places and region classes, which does not depend on ids. A label whose value admits no mark has none.
    """
    questions = _questions(labels)
    marked = [label for label in labels if not label.value or questions[label.id].admits_marks(label.value)]
    decided, read = _decided(marked), _read(marked)
    behind = {label.id: _behind(label, decided, read) for label in marked}
    drawn_on = {mark.instance for marks in behind.values() for mark in marks}
    images = Instance.objects.only("content_sha256", "spacing").in_bulk(list(drawn_on))
    return {
        pk: sorted((_row(mark, images[UUID(mark.instance)]) for mark in marks), key=_place)
        for pk, marks in behind.items()
    }


def mark_columns(mark: Mark) -> dict[str, Any]:
    """Kind, frame, geometry and region class of a mark in an export."""
    geometry = KINDS[mark.kind].export(mark.geometry)
    return {"kind": mark.kind, "frame": mark.frame, **geometry, "region_class": mark.region_class}


def versions_decided_on(decisions: Collection[AdjudicationDecision]) -> dict[UUID, CaseVersion]:
    """{decision id: version}: the named one, else that of the case's newest read at the time of the decision."""
    named = {row.id: row.case_version for row in decisions if row.case_version}
    unnamed = [row for row in decisions if not row.case_version]
    case_rounds = {row.id: row.adjudication.case_round for row in unnamed}
    reads: dict[tuple[UUID, UUID], list[Read]] = defaultdict(list)
    for read in (
        Read.objects.filter(
            assignment__round_id__in={each.round_id for each in case_rounds.values()},
            assignment__case_id__in={each.case_id for each in case_rounds.values()},
        )
        .select_related("assignment", "case_version")
        .order_by("submitted_at")
    ):
        reads[read.assignment.round_id, read.assignment.case_id].append(read)
    for row in unnamed:
        of_case = reads[case_rounds[row.id].round_id, case_rounds[row.id].case_id]
        earlier = [read for read in of_case if read.submitted_at <= row.decided_at]
        if earlier:
            named[row.id] = earlier[-1].case_version
    return named


def _questions(labels: Collection[ConsensusLabel]) -> dict[UUID, AnswerType]:
    """{label id: how its finding was answered, in the version of the schema by which it was settled}"""
    projects = {label.case_round.case.project_id for label in labels}
    versions = {label.provenance["schema"] for label in labels}
    schemas = LabelSchema.objects.filter(project_id__in=projects, version__in=versions)
    asked = {
        (schema.project_id, schema.version, finding["code"]): question_of(finding)
        for schema in schemas
        for finding in schema.findings
    }
    return {
        label.id: asked[label.case_round.case.project_id, label.provenance["schema"], label.finding]
        for label in labels
    }


def _behind(label: ConsensusLabel, decided: Behind, read: Behind) -> list[Mark]:
    decision = label.provenance["decision"]
    drawn = decided.get((decision, label.finding), []) if decision else []
    if drawn:
        return drawn
    return [mark for read_id in label.provenance["reads"] for mark in read.get((read_id, label.finding), [])]


def _decided(labels: Collection[ConsensusLabel]) -> Behind:
    ids = {label.provenance["decision"] for label in labels} - {None}
    rows = AdjudicationDecision.objects.filter(id__in=ids).exclude(annotations=[])
    return {(str(row.id), row.finding): [Mark(**mark) for mark in row.annotations] for row in rows}


def _read(labels: Collection[ConsensusLabel]) -> Behind:
    ids = {read_id for label in labels for read_id in label.provenance["reads"]}
    marks: Behind = defaultdict(list)
    for row in Annotation.objects.filter(read_id__in=ids).order_by("read_id", "position"):
        marks[str(row.read_id), row.finding].append(stored_mark(row))
    return marks


def _row(mark: Mark, image: Instance) -> dict[str, Any]:
    spacing = image.spacing
    mm = (spacing["column_mm"], spacing["row_mm"]) if spacing.get("column_mm") else None
    return {
        "image": image.content_sha256,
        **mark_columns(mark),
        **KINDS[mark.kind].measure(mark.geometry, mm),
    }


def _place(row: dict[str, Any]) -> list[Any]:
    """Its columns in their order; a mark without a region class comes before the same one with it."""
    return ["" if value is None else value for value in row.values()]
