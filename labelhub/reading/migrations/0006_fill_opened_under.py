"""Assignments that were opened before: under the versions of their newest read, else under those in force."""

from django.db import migrations
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce


def fill(apps, schema_editor):
    Assignment = apps.get_model("reading", "Assignment")
    Read = apps.get_model("reading", "Read")
    newest_read = Read.objects.filter(assignment=OuterRef("pk")).order_by("-version")
    opened = Assignment.objects.filter(opened_at__isnull=False, schema__isnull=True)
    opened.update(
        schema=Coalesce(Subquery(newest_read.values("schema")[:1]), in_force(apps, "LabelSchema")),
        protocol=Coalesce(Subquery(newest_read.values("protocol")[:1]), in_force(apps, "ReadingProtocol")),
    )


def in_force(apps, model):
    Round = apps.get_model("reading", "Round")
    versions = apps.get_model("projects", model).objects.order_by("-version")
    of_round = Round.objects.filter(pk=OuterRef("round_id")).annotate(
        newest=Subquery(versions.filter(project_id=OuterRef("project_id")).values("id")[:1])
    )
    return Subquery(of_round.values("newest")[:1])


class Migration(migrations.Migration):
    dependencies = [("reading", "0005_opened_under")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
