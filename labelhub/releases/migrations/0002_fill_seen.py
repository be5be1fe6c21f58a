"""Who saw others' reads before `reading.0010` kept it, from what was recorded then: she is offered those cases no more.

Exports; adjudications that somebody acted on, held or decided; flags on the pages of those who manage, or did. What
left no record (the list of adjudications, a look at a closed case's outcome) cannot be told. `at` is the time of the
upgrade. It stands here, since exports lie above everything that it reads.
"""

from itertools import islice

from django.conf import settings
from django.db import migrations
from django.db.models import Exists, F, Max, OuterRef
from django.utils import timezone

CHUNK = 2_000


def fill(apps, schema_editor):
    people = set(apps.get_model(settings.AUTH_USER_MODEL).objects.values_list("id", flat=True))
    keep_exports(apps)
    keep(apps, people, "adjudication", adjudicated(apps))
    keep(apps, people, "adjudication", acted_on(apps))
    keep(apps, people, "flag", flagged(apps))
    end_reservations(apps)


def keep_exports(apps):
    """Of each person and round, the cases that were begun when she exported last."""
    Round, RoundSeen = (apps.get_model("reading", name) for name in ("Round", "RoundSeen"))
    Assignment = apps.get_model("reading", "Assignment")
    exports = apps.get_model("releases", "Export").objects.filter(created_by__isnull=False)
    for project, person, at in exports.values_list("project", "created_by").annotate(at=Max("created_at")):
        for round_id in Round.objects.filter(project=project).values_list("id", flat=True):
            begun = Assignment.objects.filter(
                round=round_id, reserved_at__lte=at, case__case_rounds__round=round_id
            ).aggregate(last=Max("case__case_rounds__begun_seq"))["last"]
            if begun is not None:
                RoundSeen.objects.get_or_create(
                    round_id=round_id, user_id=person, defaults={"begun_seq": begun, "how": "export"}
                )


def adjudicated(apps):
    """Who decided, and who holds a case or was the last to."""
    Decision = apps.get_model("consensus", "AdjudicationDecision")
    held = apps.get_model("consensus", "Adjudication").objects.filter(adjudicator__isnull=False)
    yield from (
        Decision.objects.values_list(
            "decided_by", "adjudication__case_round__case", "adjudication__project"
        ).distinct()
    )
    yield from held.values_list("adjudicator", "case_round__case", "project")


def acted_on(apps):
    """Who opened, claimed, gave back, decided or sent back an adjudication: from the audit trail."""
    events = apps.get_model("core", "AuditEvent").objects.filter(
        object_type="consensus.adjudication", actor_id__isnull=False
    )
    pairs = iter(list(events.values_list("actor_id", "object_id").distinct()))
    adjudications = apps.get_model("consensus", "Adjudication").objects
    while chunk := list(islice(pairs, CHUNK)):
        rows = adjudications.filter(id__in={pk for _, pk in chunk})
        cases = {str(pk): of for pk, *of in rows.values_list("id", "case_round__case", "project")}
        yield from ((person, *cases[pk]) for person, pk in chunk if pk in cases)


def flagged(apps):
    """Who marked a flag as seen, and whoever managed the project by then or later: flags stand on her page."""
    Flag, FlagSeen = (apps.get_model("reading", name) for name in ("Flag", "FlagSeen"))
    marked = FlagSeen.objects.exclude(seen_by=F("flag__assignment__reader"))
    yield from marked.values_list("seen_by", "flag__assignment__case", "flag__assignment__round__project")
    managers = apps.get_model("projects", "Membership").objects.filter(role="manager")
    until = {pair: timezone.now() for pair in managers.values_list("user", "project")}
    removed = apps.get_model("core", "AuditEvent").objects.filter(
        object_type="projects.membership", action="membership.removed", data__role="manager"
    )
    for person, project, at in removed.values_list("data__user", "project_id", "at"):
        pair = (type(project)(person), project)
        until[pair] = max(at, until.get(pair, at))
    for (person, project), last in until.items():
        flags = Flag.objects.filter(assignment__round__project=project, created_at__lte=last)
        cases = flags.exclude(assignment__reader=person).values_list("assignment__case", flat=True)
        yield from ((person, case, project) for case in cases)


def keep(apps, people, how, rows):
    CaseSeen = apps.get_model("reading", "CaseSeen")
    known = ((user, case, project) for user, case, project in rows if user in people)
    while chunk := list(islice(known, CHUNK)):
        CaseSeen.objects.bulk_create(
            (
                CaseSeen(user_id=user, case_id=case, project_id=project, how=how)
                for user, case, project in chunk
            ),
            ignore_conflicts=True,
        )


def end_reservations(apps):
    """What is reserved for her and not opened falls back with the first look at leases."""
    Assignment, CaseRound, CaseSeen = (
        apps.get_model("reading", name) for name in ("Assignment", "CaseRound", "CaseSeen")
    )
    pages = CaseSeen.objects.filter(user=OuterRef("reader"), case=OuterRef("case"))
    downloaded = CaseRound.objects.filter(
        case=OuterRef("case"),
        round__seen_by__user=OuterRef("reader"),
        begun_seq__lte=F("round__seen_by__begun_seq"),
    )
    reserved = Assignment.objects.filter(state="reserved")
    reserved.filter(Exists(pages) | Exists(downloaded)).update(lease_until=F("reserved_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("releases", "0001_initial"),
        ("consensus", "0004_letters_and_reasons"),
        ("core", "0002_seal_mark_and_job_indexes"),
        ("imaging", "0010_objects_are_not_scored"),
        ("projects", "0003_reason_required"),
        ("reading", "0015_marks_have_places"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
