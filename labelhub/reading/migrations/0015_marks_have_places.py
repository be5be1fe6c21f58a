from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reading", "0014_places_of_older_marks")]

    operations = [
        migrations.AlterField(
            model_name="annotation",
            name="position",
            field=models.PositiveSmallIntegerField(help_text="Place in the document."),
        )
    ]
