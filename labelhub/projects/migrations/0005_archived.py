from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0004_description'),
    ]

    operations = [
        migrations.AddField(
            model_name='project',
            name='archived_at',
            field=models.DateTimeField(help_text='Since when nothing in it may be changed; null: it is at work.', null=True),
        ),
    ]
