import django.db.models.deletion
from django.db import migrations, models

SPLITS = [
    ("pool", "Pool"),
    ("validation", "Validation"),
    ("test", "Test"),
    ("excluded", "excluded: its patient turned out to be another's, in another split"),
]


class Migration(migrations.Migration):
    dependencies = [("imaging", "0005_uploads")]

    operations = [
        migrations.CreateModel(
            name="CaseCounter",
            fields=[
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="projects.project",
                    ),
                ),
                ("last", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.AddField("case", "number", models.PositiveIntegerField(null=True)),
        migrations.AddField(
            "patient",
            "birth_hash",
            models.CharField(blank=True, help_text="HMAC of the birth date.", max_length=64, default=""),
            preserve_default=False,
        ),
        migrations.AddField("patient", "split_key", models.CharField(max_length=64, null=True)),
        migrations.AddField(
            "study",
            "age",
            models.CharField(
                blank=True,
                default="",
                help_text="Of the patient at the study, as DICOM writes it: 012D, 008M, 034Y.",
                max_length=4,
            ),
            preserve_default=False,
        ),
        migrations.AddField("study", "size_m", models.FloatField(null=True)),
        migrations.AddField("study", "weight_kg", models.FloatField(null=True)),
        migrations.AlterField(
            "case",
            "split",
            models.CharField(choices=SPLITS, help_text="Copied from the patient.", max_length=12),
        ),
        migrations.AlterField("patient", "split", models.CharField(choices=SPLITS, max_length=12)),
    ]
