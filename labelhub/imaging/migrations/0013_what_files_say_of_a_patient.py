from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imaging", "0012_who_names_a_patient")]

    operations = [
        migrations.AddField(
            "study",
            "said",
            models.JSONField(
                help_text="What its files say of the patient, each once: [sex, HMAC of the birth date, day, age]. Null: "
                "imported before this was kept.",
                null=True,
            ),
        ),
        migrations.AddField(
            "study",
            "warnings",
            models.JSONField(
                help_text="Codes that all its images carry, of whose it is. Null: imported before this was kept.",
                null=True,
            ),
        ),
    ]
