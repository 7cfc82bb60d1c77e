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
        ('parties', '0001_initial'),
        ('rights', '0001_initial'),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Bundle',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('G',), **{}), editable=False, max_length=16, unique=True)),
                    ('portfolio', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bundles', to='rights.portfolio')),
                    ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bundles', to='parties.party')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entrusted_bundles', to='parties.party')),
                    ('way', models.CharField(choices=[('whole', 'Whole: one buyer takes all of it'), ('parts', 'Whole or in parts, whichever brings more')], max_length=6, verbose_name='how it is sold')),
                    ('groups', models.JSONField(default=list)),
                    ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('created_at', models.DateTimeField(default=market.kernel.clock.now)),
                ],
                options={
                    'ordering': ('-pk',),
                },
            ),
            migrations.CreateModel(
                name='Listing',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('A',), **{}), editable=False, max_length=16, unique=True)),
                    ('right', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='listings', to='rights.right')),
                    ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='listings', to='parties.party')),
                    ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to='parties.party')),
                    ('bundle', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='listings', to='listings.bundle')),
                    ('mode', models.CharField(choices=[('assignment', 'Assignment'), ('licence', 'Licence'), ('open_licence', 'Open licence'), ('equity', 'Contribution for equity'), ('wanted', 'Wanted')], default='assignment', max_length=12, verbose_name='what is offered')),
                    ('pricing', models.CharField(choices=[('auction', 'By auction or online bidding'), ('fixed', 'Fixed price'), ('negotiable', 'Negotiable')], default='auction', max_length=10, verbose_name='how the price is found')),
                    ('currency', models.CharField(choices=[('CNY', 'CNY'), ('USD', 'USD'), ('EUR', 'EUR'), ('GBP', 'GBP'), ('HKD', 'HKD'), ('JPY', 'JPY'), ('KRW', 'KRW'), ('KWD', 'KWD')], default='CNY', max_length=3)),
                    ('asking_minor', models.BigIntegerField(blank=True, null=True)),
                    ('summary', models.CharField(blank=True, max_length=300, verbose_name='summary')),
                    ('summary_en', models.CharField(blank=True, max_length=600, verbose_name='English summary')),
                    ('application', models.CharField(blank=True, max_length=300, verbose_name='field of application')),
                    ('trl', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='technology readiness level')),
                    ('defects', models.TextField(blank=True, verbose_name='known defects and burdens')),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('submitted', "Waiting for the agency's review"), ('checked', 'Checked'), ('published', 'Published'), ('in_sale', 'In a sale'), ('under_offer', 'Under offer'), ('dealt', 'Dealt'), ('withdrawn', 'Withdrawn'), ('expired', 'Expired')], default='draft', max_length=12)),
                    ('remarks', models.JSONField(blank=True, default=dict)),
                    ('published_at', models.DateTimeField(blank=True, null=True)),
                    ('edited_at', models.DateTimeField(default=market.kernel.clock.now)),
                    ('edition', models.PositiveIntegerField(default=1)),
                    ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('created_at', models.DateTimeField(default=market.kernel.clock.now)),
                ],
                options={
                    'ordering': ('-pk',),
                    'indexes': [models.Index(fields=['state', '-published_at', '-id'], name='listing_catalogue')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['draft', 'submitted', 'checked', 'published', 'in_sale', 'under_offer'])), fields=('right', 'mode'), name='one_open_listing_per_right_and_mode'), models.CheckConstraint(condition=models.Q(('asking_minor', None), ('asking_minor__gt', 0), _connector='OR'), name='asking_price_is_positive'), models.CheckConstraint(condition=models.Q(('trl', None), ('trl__range', (1, 9)), _connector='OR'), name='trl_1_to_9')],
                },
            ),
            migrations.CreateModel(
                name='Mandate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('listing', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='mandate', to='listings.listing')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                    ('seller_commission_bp', models.PositiveIntegerField(default=300)),
                    ('buyer_premium_bp', models.PositiveIntegerField(default=500)),
                    ('signed_at', models.DateTimeField(default=market.kernel.clock.now)),
                    ('signed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('accepted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('accepted_at', models.DateTimeField(null=True)),
                ],
            ),
            migrations.CreateModel(
                name='Reserve',
                fields=[
                    ('listing', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='reserve', serialize=False, to='listings.listing')),
                    ('currency', models.CharField(choices=[('CNY', 'CNY'), ('USD', 'USD'), ('EUR', 'EUR'), ('GBP', 'GBP'), ('HKD', 'HKD'), ('JPY', 'JPY'), ('KRW', 'KRW'), ('KWD', 'KWD')], default='CNY', max_length=3)),
                    ('amount_minor', models.BigIntegerField()),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='reserve_is_positive')],
                },
            ),
            migrations.CreateModel(
                name='Entry',
                fields=[
                    ('listing', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='entry', serialize=False, to='listings.listing')),
                    ('kind', models.CharField(max_length=14)),
                    ('detail', models.CharField(max_length=14)),
                    ('mode', models.CharField(max_length=12)),
                    ('pricing', models.CharField(max_length=10)),
                    ('industry', models.CharField(max_length=16)),
                    ('region', models.CharField(max_length=60)),
                    ('in_sale', models.BooleanField()),
                    ('expires_on', models.DateField(null=True)),
                    ('lowest_minor', models.BigIntegerField()),
                    ('highest_minor', models.BigIntegerField()),
                    ('published_at', models.DateTimeField()),
                    ('words', models.TextField()),
                ],
                options={
                    'ordering': ('-published_at', '-pk'),
                    'indexes': [models.Index(fields=['-published_at', '-listing'], name='entry_newest'), models.Index(fields=['lowest_minor', '-listing'], name='entry_cheapest'), models.Index(fields=['-highest_minor', '-listing'], name='entry_dearest'), models.Index(fields=['kind', 'detail', '-published_at', '-listing'], name='entry_kind'), models.Index(fields=['industry', '-published_at', '-listing'], name='entry_industry'), models.Index(fields=['region', '-published_at', '-listing'], name='entry_region'), models.Index(condition=models.Q(('in_sale', True)), fields=['-published_at', '-listing'], name='entry_in_sale')],
                },
            ),
            migrations.CreateModel(
                name='Watch',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('listing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='watches', to='listings.listing')),
                    ('since', models.DateTimeField(default=market.kernel.clock.now)),
                ],
                options={
                    'ordering': ('-pk',),
                    'constraints': [models.UniqueConstraint(fields=('user', 'listing'), name='one_watch_per_user_and_listing')],
                },
            ),
        ]),
    ]
