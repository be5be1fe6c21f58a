"""Agreement is kept for each round. Figures of all rounds together are forgotten: the next tick computes them anew."""

import django.db.models.deletion
from django.db import migrations, models


def forget(apps, schema_editor):
    apps.get_model("consensus", "ProjectStatistics").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("consensus", "0004_letters_and_reasons"), ("reading", "0013_queue_action")]

    operations = [
        migrations.CreateModel(
            name="RoundStatistics",
            fields=[
                (
                    "round",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="statistics",
                        serialize=False,
                        to="reading.round",
                    ),
                ),
                ("computed_at", models.DateTimeField()),
                ("n_reads", models.PositiveIntegerField(help_text="Reads that it was computed from.")),
                (
                    "n_patients",
                    models.PositiveIntegerField(help_text="Patients of their cases: the clusters."),
                ),
                (
                    "body",
                    models.JSONField(
                        help_text="{findings: {code: figures}, pairs: [figures of two readers, by id]}"
                    ),
                ),
            ],
        ),
        migrations.RunPython(forget, migrations.RunPython.noop),
    ]
