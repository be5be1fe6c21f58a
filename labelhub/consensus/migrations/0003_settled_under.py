"""Cases that were settled before keep the versions that their labels name, else those in force at their last read.

A label of the rule 'any positive' is certain: the share of votes that stood in its place was overruled.
"""

from django.db import migrations
from django.db.models import Max, Q

CHUNK = 2_000


def fill(apps, schema_editor):
    for project in apps.get_model("projects", "Project").objects.all():
        fill_project(apps, project)


def make_certain(apps, schema_editor):
    labels = apps.get_model("consensus", "ConsensusLabel").objects.filter(method="any_positive", value="present")
    labels.update(probability=1.0)


def fill_project(apps, project):
    CaseRound = apps.get_model("reading", "CaseRound")
    schemas = newest_first(apps.get_model("projects", "LabelSchema"), project)
    protocols = newest_first(apps.get_model("projects", "ReadingProtocol"), project)
    settled = CaseRound.objects.filter(
        Q(consensus_labels__isnull=False) | Q(discordances__isnull=False) | Q(adjudication__isnull=False),
        round__project=project,
    )
    ids = list(settled.order_by("id").values_list("id", flat=True).distinct())
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        named, read_at = named_versions(apps, chunk), last_reads(apps, chunk)
        by_versions = {}
        for pk in chunk:
            schema = version(schemas, named.get(pk, (None, None))[0], read_at.get(pk))
            protocol = version(protocols, named.get(pk, (None, None))[1], read_at.get(pk))
            by_versions.setdefault((schema, protocol), []).append(pk)
        for (schema, protocol), members in by_versions.items():
            CaseRound.objects.filter(id__in=members).update(
                settled_schema_id=schema, settled_protocol_id=protocol
            )


def newest_first(model, project):
    """[(id, number, created_at)]"""
    return list(
        model.objects.filter(project=project).order_by("-version").values_list("id", "version", "created_at")
    )


def version(versions, number, at):
    """Id of the version of this number, else of the one in force at that time."""
    for pk, each, created_at in versions:
        if each == number or (number is None and (at is None or created_at <= at)):
            return pk
    return versions[-1][0]


def named_versions(apps, chunk):
    """{case round: (schema, protocol)} as its newest label says."""
    labels = apps.get_model("consensus", "ConsensusLabel").objects.filter(case_round_id__in=chunk)
    rows = labels.order_by("created_at").values_list("case_round_id", "provenance")
    return {pk: (provenance["schema"], provenance["protocol"]) for pk, provenance in rows}


def last_reads(apps, chunk):
    """{case round: when the last first version of its reads was submitted}"""
    CaseRound = apps.get_model("reading", "CaseRound")
    of_round = CaseRound.objects.filter(id__in=chunk).values_list("id", "round_id", "case_id")
    keys = {(round_id, case_id): pk for pk, round_id, case_id in of_round}
    reads = apps.get_model("reading", "Read").objects.filter(
        version=1,
        assignment__round_id__in={key[0] for key in keys},
        assignment__case_id__in=[key[1] for key in keys],
    )
    rows = reads.values_list("assignment__round_id", "assignment__case_id").annotate(Max("submitted_at"))
    return {keys[round_id, case_id]: at for round_id, case_id, at in rows.order_by() if (round_id, case_id) in keys}


class Migration(migrations.Migration):
    dependencies = [("consensus", "0002_project_statistics"), ("reading", "0011_settled_under")]
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(make_certain, migrations.RunPython.noop),
    ]
