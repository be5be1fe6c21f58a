from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("releases", "0002_fill_seen")]

    operations = [
        migrations.AlterField(
            model_name="export",
            name="what",
            field=models.CharField(
                choices=[
                    ("reads", "Reads"),
                    ("consensus", "Consensus"),
                    ("adjudications", "Adjudications"),
                    ("agreement", "Agreement"),
                ],
                max_length=16,
            ),
        ),
    ]
