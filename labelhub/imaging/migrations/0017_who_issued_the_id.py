from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imaging", "0016_site_is_the_studys")]

    operations = [
        migrations.AlterField(
            "study",
            "said",
            models.JSONField(
                help_text="What its files say of the patient, each once: [sex, HMAC of the birth date, day, age, HMACs "
                "of who issued her ID]. Null: imported before this was kept.",
                null=True,
            ),
        ),
    ]
