from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imaging", "0015_studies_to_arrange")]

    operations = [
        migrations.RemoveField("patient", "site"),
        migrations.RemoveField("patient", "group"),
        migrations.AddIndex(
            "study",
            models.Index(
                fields=["project"], condition=models.Q(is_to_arrange=True), name="study_to_arrange"
            ),
        ),
    ]
