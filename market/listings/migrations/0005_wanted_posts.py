"""Wanted posts and the answers to them."""

import django.db.models.deletion
import functools
import market.kernel.clock
import market.kernel.ids
from django.conf import settings
from django.db import migrations, models

from market.kernel.migrating import CreateModels


class Migration(migrations.Migration):

    dependencies = [
        ('listings', '0004_offers'),
        ('parties', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels([
        migrations.CreateModel(
            name='WantedPost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('W',), **{}), editable=False, max_length=16, unique=True)),
                ('title', models.CharField(max_length=80, verbose_name='what is wanted')),
                ('text', models.TextField(verbose_name='description')),
                ('kind', models.CharField(blank=True, choices=[('patent', 'Patent'), ('trademark', 'Trademark'), ('copyright', 'Copyright'), ('ic_layout', 'IC layout design'), ('plant_variety', 'Plant variety')], max_length=14, verbose_name='kind of right')),
                ('industry', models.CharField(blank=True, choices=[('biomedicine', 'Biomedicine'), ('biochemicals', 'Biochemicals'), ('electronics', 'Electronic information'), ('materials', 'New materials'), ('energy', 'New energy'), ('vehicles', 'New-energy vehicles'), ('equipment', 'Advanced equipment'), ('environment', 'Energy saving and environment'), ('culture', 'Culture'), ('tourism', 'Tourism')], max_length=16, verbose_name='industry')),
                ('currency', models.CharField(choices=[('CNY', 'CNY'), ('USD', 'USD'), ('EUR', 'EUR'), ('GBP', 'GBP'), ('HKD', 'HKD'), ('JPY', 'JPY'), ('KRW', 'KRW'), ('KWD', 'KWD')], default='CNY', max_length=3)),
                ('lowest_minor', models.BigIntegerField(null=True)),
                ('highest_minor', models.BigIntegerField(null=True)),
                ('until', models.DateField(verbose_name='wanted until')),
                ('state', models.CharField(choices=[('submitted', "Waiting for the agency's review"), ('sent_back', 'Sent back'), ('published', 'Published'), ('withdrawn', 'Withdrawn'), ('expired', 'Expired')], default='submitted', max_length=10)),
                ('remark', models.CharField(blank=True, max_length=300)),
                ('published_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(default=market.kernel.clock.now)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moderated_posts', to='parties.party')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='wanted_posts', to='parties.party')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-pk',),
                'indexes': [models.Index(fields=['state', '-id'], name='wanted_by_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('lowest_minor', None), ('highest_minor', None), ('highest_minor__gte', models.F('lowest_minor')), _connector='OR'), name='budget_in_order'), models.CheckConstraint(condition=models.Q(('lowest_minor', None), ('lowest_minor__gt', 0), _connector='OR'), name='budget_begins_above_zero')],
            },
        ),
        migrations.CreateModel(
            name='WantedReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message', models.TextField(blank=True)),
                ('made_at', models.DateTimeField(default=market.kernel.clock.now)),
                ('listing', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='wanted_replies', to='listings.listing')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='wanted_replies', to='parties.party')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='listings.wantedpost')),
            ],
            options={
                'ordering': ('pk',),
                'constraints': [models.UniqueConstraint(fields=('post', 'listing'), name='one_reply_per_post_and_listing'), models.CheckConstraint(condition=models.Q(('listing__isnull', False), models.Q(('message', ''), _negated=True), _connector='OR'), name='reply_says_something')],
            },
        ),
        ]),
    ]
