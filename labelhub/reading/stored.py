"""A stored read as the document that was submitted, and whether it still is that document."""

from __future__ import annotations

from collections.abc import Iterator

from labelhub.marks import Mark
from labelhub.questions import Answer, type_names
from labelhub.reading.documents import ReadDocument
from labelhub.reading.models import Annotation, Read

CHUNK = 2_000


def stored_document(read: Read) -> ReadDocument:
    """The document of a read; its marks in the order in which they were sent."""
    types = type_names(read.schema.findings)
    return ReadDocument(
        answers={
            answer.finding: Answer(types[answer.finding], answer.value, answer.by_rest)
            for answer in read.answers.all()
        },
        marks=tuple(stored_mark(mark) for mark in read.annotations.all()),
        comment=read.comment,
        not_readable=read.is_not_readable,
    )


def stored_mark(mark: Annotation) -> Mark:
    return Mark(
        id=str(mark.client_id),
        kind=mark.kind,
        finding=mark.finding,
        region_class=mark.region_class or None,
        instance=str(mark.instance_id),
        frame=mark.frame or 1,
        geometry=mark.geometry,
        space=mark.space,
    )


def read_verifies(read: Read) -> bool:
    """Whether answers, marks and comment are those of the hash that was stored when the read was submitted."""
    return stored_document(read).sha256(read.document_format) == read.document_sha256


def altered_reads() -> Iterator[Read]:
    """Every read that does not verify, of all projects."""
    reads = Read.objects.select_related("schema").prefetch_related("answers", "annotations").order_by("id")
    return (read for read in reads.iterator(chunk_size=CHUNK) if not read_verifies(read))
