import django.db.models.deletion
import market.kernel.clock
from django.db import migrations, models
from market.kernel.migrating import CreateModels


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Fact',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=60)),
                    ('subject', models.CharField(max_length=60)),
                    ('actor', models.CharField(max_length=60)),
                    ('audience', models.JSONField(default=list)),
                    ('data', models.JSONField(default=dict)),
                    ('at', models.DateTimeField(default=market.kernel.clock.now)),
                ],
                options={
                    'ordering': ('pk',),
                    'indexes': [models.Index(fields=['subject', 'id'], name='trail_fact_subject_553210_idx'), models.Index(fields=['name', 'id'], name='trail_fact_name_8f941c_idx')],
                },
            ),
            migrations.CreateModel(
                name='Delivery',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('fact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='trail.fact')),
                    ('handler', models.CharField(max_length=120)),
                    ('state', models.CharField(choices=[('pending', 'Pending'), ('done', 'Done'), ('dead', 'Dead')], default='pending', max_length=8)),
                    ('attempts', models.PositiveSmallIntegerField(default=0)),
                    ('due_at', models.DateTimeField(default=market.kernel.clock.now)),
                    ('error', models.TextField(blank=True)),
                    ('done_at', models.DateTimeField(null=True)),
                ],
                options={
                    'ordering': ('pk',),
                    'indexes': [models.Index(condition=models.Q(('state', 'pending')), fields=['due_at'], name='delivery_due')],
                    'constraints': [models.UniqueConstraint(fields=('fact', 'handler'), name='one_delivery_per_fact_and_handler'), models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'done', 'dead'])), name='delivery_state_known')],
                },
            ),
        ]),
    ]
