import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imaging", "0018_joined_patients_follow")]

    operations = [
        migrations.AddField(
            "case",
            "first_instance",
            models.ForeignKey(
                db_index=False,
                help_text="The first of the version in force: its picture stands for the case in lists.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="imaging.instance",
            ),
        ),
        migrations.AddField(
            "case",
            "n_images",
            models.PositiveIntegerField(default=0, help_text="Of the version in force."),
        ),
        migrations.AddField(
            "case",
            "day",
            models.IntegerField(
                null=True, help_text="Copied from the study, so that cases are listed by date."
            ),
        ),
        migrations.AddField(
            "instance",
            "file_name",
            models.CharField(
                blank=True,
                default="",
                help_text="Of the file that it came in, without folders, in lower case: by which it is found. Shown to "
                "managers only.",
                max_length=200,
            ),
            preserve_default=False,
        ),
    ]
