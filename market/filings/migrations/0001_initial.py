import django.db.models.deletion
import functools
import market.kernel.clock
import market.kernel.ids
from django.conf import settings
from django.db import migrations, models
from market.kernel.migrating import CreateModels


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('deals', '0001_initial'),
        ('documents', '0001_initial'),
        ('parties', '0001_initial'),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Filing',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('F',), **{}), editable=False, max_length=16, unique=True)),
                    ('deal', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='filing', to='deals.deal')),
                    ('office', models.CharField(max_length=2)),
                    ('state', models.CharField(choices=[('prepared', 'Prepared'), ('submitted', 'Submitted'), ('correction', 'Correction requested'), ('accepted', 'Recorded'), ('refused', 'Refused')], default='prepared', max_length=10)),
                    ('pack', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.version')),
                    ('office_number', models.CharField(blank=True, max_length=60, verbose_name='office file number')),
                    ('submitted_on', models.DateField(null=True)),
                    ('due_on', models.DateField(null=True)),
                    ('decided_on', models.DateField(null=True, verbose_name='date of registration or gazette')),
                    ('certificate', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.version')),
                    ('prepared_at', models.DateTimeField(default=market.kernel.clock.now)),
                ],
                options={
                    'ordering': ('-pk',),
                },
            ),
            migrations.CreateModel(
                name='FilingEntry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('filing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='filings.filing')),
                    ('kind', models.CharField(choices=[('prepared', 'Prepared'), ('submitted', 'Submitted'), ('correction', 'Correction requested'), ('accepted', 'Recorded'), ('refused', 'Refused')], max_length=12)),
                    ('on', models.DateField()),
                    ('number', models.CharField(blank=True, max_length=60)),
                    ('note', models.TextField(blank=True)),
                    ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.version')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('at', models.DateTimeField(default=market.kernel.clock.now)),
                ],
                options={
                    'ordering': ('pk',),
                },
            ),
        ]),
    ]
