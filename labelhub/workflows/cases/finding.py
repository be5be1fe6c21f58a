"""Finding the cases that somebody speaks of: by number, by a reader's own number, by patient, by the name of a file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from labelhub.accounts.models import User
from labelhub.imaging.models import Case, Instance, Patient
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment

NUMBER = re.compile(r"(?:case\s+)?(\d{1,9})", re.IGNORECASE)
READERS_NUMBER = re.compile(r"(.+?)(?:['’]s)?[\s,:]+(?:(?:my\s+)?case\s+)?(\d{1,9})", re.IGNORECASE)
PSEUDONYM = re.compile(r"[0-9a-f]{4,64}", re.IGNORECASE)
BEHIND_HEX = "g"
"""Sorts behind every hexadecimal digit in every collation."""
BEHIND_ALL = "\U0010ffff"
MOST_READ = 200


@dataclass(frozen=True)
class Found:
    """As what a text was understood, and the condition on Case that it comes to."""

    by: str
    cases: Q


def find(project: Project, text: str) -> Found:
    """`17` or `Case 17`; `NAME 3`, what that reader calls her case 3; the beginning of a patient's pseudonym (at least
    four digits of it) or of a file's name. The first of these that fits anything is meant.
    """
    wanted = text.strip()[:MOST_READ]
    if match := NUMBER.fullmatch(wanted):
        number = int(match[1])
        if Case.objects.filter(project=project, number=number).exists():
            return Found("number", Q(number=number))
    if (match := READERS_NUMBER.fullmatch(wanted)) and (
        cases := _of_reader(project, match[1], int(match[2]))
    ):
        return Found("reader", Q(pk__in=cases))
    if PSEUDONYM.fullmatch(wanted):
        low = wanted.lower()
        patients = Patient.objects.filter(project=project, pseudonym__gte=low, pseudonym__lt=low + BEHIND_HEX)
        if patients.exists():
            named = Q(patient__in=patients)
            return Found("patient", named | Q(patient__in=patients.values("joined_to")))
    return Found("file", _with_file(project, wanted.lower()))


def _of_reader(project: Project, name: str, position: int) -> list[object]:
    named = Q(username__iexact=name) | Q(display_name__iexact=name)
    readers = list(User.objects.filter(named).values_list("id", flat=True))
    if not readers:
        return []
    # By the index on round and reader: a reader has read thousands of cases, a project has a million.
    rounds = list(project.rounds.values_list("id", flat=True))
    theirs = Assignment.objects.filter(round__in=rounds, reader__in=readers, reader_position=position)
    return list(theirs.values_list("case_id", flat=True))


def _with_file(project: Project, beginning: str) -> Q:
    named = Instance.objects.filter(project=project, file_name__startswith=beginning, case=OuterRef("pk"))
    # Said, since PostgreSQL does not conclude it from the beginning, and the index holds the named ones alone.
    named = named.exclude(file_name="")
    if connection.vendor == "sqlite":
        # Its LIKE uses no index. PostgreSQL's does, and orders names by its locale, in which such a range says nothing.
        named = named.filter(file_name__gte=beginning, file_name__lt=beginning + BEHIND_ALL)
    return Q(Exists(named))
