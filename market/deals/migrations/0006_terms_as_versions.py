"""The terms of a deal as versions and which were adopted; the database itself refuses to change or delete either."""

import django.db.models.deletion
import market.kernel.clock
from django.conf import settings
from django.db import migrations, models
from market.kernel.migrating import CreateModels, Kept


class Migration(migrations.Migration):

    dependencies = [
        ('deals', '0005_title_on_its_way_back'),
        ('parties', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='TermsVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField()),
                    ('document', models.JSONField()),
                    ('sha256', models.CharField(max_length=64)),
                    ('by', models.CharField(max_length=60)),
                    ('at', models.DateTimeField(default=market.kernel.clock.now)),
                    ('deal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='terms', to='deals.deal')),
                    ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                ],
                options={
                    'ordering': ('pk',),
                    'constraints': [
                        models.UniqueConstraint(fields=('deal', 'number'), name='one_terms_version_per_number'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Adoption',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(default=market.kernel.clock.now)),
                    ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='adoption', to='deals.termsversion')),
                ],
                options={
                    'ordering': ('pk',),
                },
            ),
        ]),
        Kept("deals", {"deals_termsversion": ["id"], "deals_adoption": ["id"]}),
    ]
