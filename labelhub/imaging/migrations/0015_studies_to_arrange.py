"""Site and group are what a label table says of a study; a study waits to be arranged with the others of its ID."""

from django.db import migrations, models

FILL = """
UPDATE imaging_study SET site = p.site, "group" = p."group" FROM imaging_patient AS p
WHERE p.id = imaging_study.patient_id AND (p.site <> '' OR p."group" <> '')
"""


class Migration(migrations.Migration):
    dependencies = [("imaging", "0014_lists_in_an_order")]

    operations = [
        migrations.AddField(
            "study", "site", models.CharField(blank=True, default="", max_length=64), preserve_default=False
        ),
        migrations.AddField(
            "study", "group", models.CharField(blank=True, default="", max_length=64), preserve_default=False
        ),
        migrations.AddField(
            "study",
            "is_to_arrange",
            models.BooleanField(
                default=False,
                help_text="One of its files has said something new of its patient since the studies of her ID were "
                "arranged.",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
