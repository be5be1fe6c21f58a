from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reading", "0015_marks_have_places")]

    operations = [
        migrations.AlterField(
            model_name="annotation",
            name="kind",
            field=models.CharField(help_text="Name of a kind of `labelhub.marks`.", max_length=12),
        )
    ]
