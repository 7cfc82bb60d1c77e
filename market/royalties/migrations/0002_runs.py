"""Runs over the licences, those they set aside, and the day on which a licence's next period is opened."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import market.kernel.clock
from market.kernel.migrating import CreateModels


class Migration(migrations.Migration):

    dependencies = [
        ('royalties', '0001_licences_and_statements'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Run',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField(unique=True)),
                    ('day', models.DateField()),
                    ('state', models.CharField(choices=[('opening', 'Opening periods'), ('billing', 'Billing'), ('done', 'Done')], default='opening', max_length=7)),
                    ('reached', models.BigIntegerField(default=0)),
                    ('expected', models.PositiveIntegerField()),
                    ('opened', models.PositiveIntegerField(default=0)),
                    ('billed', models.PositiveIntegerField(default=0)),
                    ('set_aside', models.PositiveIntegerField(default=0)),
                    ('begun_at', models.DateTimeField(default=market.kernel.clock.now)),
                    ('moved_at', models.DateTimeField(default=market.kernel.clock.now)),
                ],
                options={
                    'ordering': ('-number',),
                    'indexes': [models.Index(condition=models.Q(('state', 'done'), _negated=True), fields=['number'], name='run_under_way')],
                },
            ),
            migrations.CreateModel(
                name='SetAside',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reason', models.CharField(max_length=300)),
                    ('at', models.DateTimeField(default=market.kernel.clock.now)),
                    ('released_at', models.DateTimeField(null=True)),
                    ('licence', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='set_asides', to='royalties.licence')),
                    ('released_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='set_asides', to='royalties.run')),
                ],
                options={
                    'ordering': ('pk',),
                    'constraints': [models.UniqueConstraint(condition=models.Q(('released_at', None)), fields=('licence',), name='a_licence_is_set_aside_once')],
                },
            ),
        ]),
        migrations.RemoveIndex(model_name='licence', name='licence_to_open'),
        migrations.RenameField(model_name='licence', old_name='stated_until', new_name='opens_on'),
        migrations.AddIndex(
            model_name='licence',
            index=models.Index(fields=['state', 'opens_on'], name='licence_to_open'),
        ),
    ]
