"""Letters are kept from the opening of a case on; those of cases that are there stay as they are shown now."""

import hashlib

import django.db.models.deletion
from django.db import migrations, models

CHUNK = 500
COUNTED = ("submitted", "returned")


def keep_letters(apps, schema_editor):
    Adjudication = apps.get_model("consensus", "Adjudication")
    rows = Adjudication.objects.select_related("case_round").order_by("id")
    chunk = list(rows[:CHUNK])
    while chunk:
        for row in chunk:
            row.letters = shown_now(apps, row.case_round)
        Adjudication.objects.bulk_update(chunk, ["letters"])
        chunk = list(rows.filter(id__gt=chunk[-1].id)[:CHUNK])


def shown_now(apps, case_round):
    assignments = apps.get_model("reading", "Assignment").objects.filter(
        round_id=case_round.round_id, case_id=case_round.case_id, state__in=COUNTED
    )
    seed = case_round.order_key
    ids = sorted(
        assignments.values_list("id", flat=True),
        key=lambda pk: hashlib.sha256(f"{seed}:{pk}".encode()).digest(),
    )
    return {str(pk): chr(ord("A") + i) if i < 26 else f"R{i + 1}" for i, pk in enumerate(ids)}


class Migration(migrations.Migration):

    dependencies = [
        ('consensus', '0003_settled_under'),
        ('imaging', '0005_uploads'),
    ]

    operations = [
        migrations.AddField(
            model_name='adjudication',
            name='letters',
            field=models.JSONField(default=dict, help_text='{assignment: letter}, fixed when it opens; later reads get the next letters.'),
        ),
        migrations.AddField(
            model_name='adjudicationdecision',
            name='case_version',
            field=models.ForeignKey(help_text='The images she was shown; null where it was decided before this was kept.', null=True, on_delete=django.db.models.deletion.PROTECT, to='imaging.caseversion'),
        ),
        migrations.AlterField(
            model_name='adjudicationdecision',
            name='reason',
            field=models.CharField(blank=True, help_text='As she gave it; empty when she gave none.', max_length=500),
        ),
        migrations.RunPython(keep_letters, migrations.RunPython.noop),
    ]
