from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0002_seal_mark_and_job_indexes")]

    operations = [
        migrations.AddField(
            model_name="job",
            name="asked_again",
            field=models.BooleanField(
                default=False,
                help_text="Asked for once more since it was claimed: another follows when it has succeeded.",
            ),
        )
    ]
