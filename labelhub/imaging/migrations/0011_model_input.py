from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imaging", "0010_objects_are_not_scored")]

    operations = [
        migrations.AddField(
            model_name="instance",
            name="model_input",
            field=models.CharField(
                default="model-320.u8",
                help_text="Name of the object that models are given; what was imported before 0.2.0 has a redrawn one.",
                max_length=32,
            ),
        ),
    ]
