from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0003_reason_required'),
    ]

    operations = [
        migrations.AddField(
            model_name='project',
            name='description',
            field=models.CharField(blank=True, default='', help_text='Plain text.', max_length=2000),
        ),
    ]
