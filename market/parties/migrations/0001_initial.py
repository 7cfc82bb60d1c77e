import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
import functools
import market.kernel.clock
import market.kernel.ids
from django.conf import settings
from django.db import migrations, models
from market.kernel.migrating import CreateModels


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Party',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('P',), **{}), editable=False, max_length=16, unique=True)),
                    ('kind', models.CharField(choices=[('enterprise', 'Enterprise'), ('university', 'University'), ('institute', 'Research institute'), ('person', 'Natural person'), ('agency', 'Operating agency'), ('regulator', 'Regulator')], max_length=12, verbose_name='kind')),
                    ('name', models.CharField(max_length=120, verbose_name='name')),
                    ('name_en', models.CharField(blank=True, max_length=160, verbose_name='English name')),
                    ('uscc', models.CharField(blank=True, max_length=18, null=True, unique=True, verbose_name='unified social credit code')),
                    ('region', models.CharField(blank=True, max_length=60, verbose_name='region')),
                    ('address', models.CharField(blank=True, max_length=200, verbose_name='address')),
                    ('phone', models.CharField(blank=True, max_length=30, verbose_name='telephone')),
                    ('bank_name', models.CharField(blank=True, max_length=120, verbose_name='bank')),
                    ('bank_account', models.CharField(blank=True, max_length=34, verbose_name='account number')),
                    ('state_owned', models.BooleanField(default=False, verbose_name='state-owned')),
                    ('foreign', models.BooleanField(default=False, verbose_name='foreign or foreign-controlled')),
                    ('state', models.CharField(choices=[('draft', 'Not submitted'), ('submitted', 'Waiting for verification'), ('verified', 'Verified'), ('rejected', 'Sent back')], default='draft', max_length=10)),
                    ('remark', models.TextField(blank=True)),
                    ('verified_at', models.DateTimeField(blank=True, null=True)),
                    ('created_at', models.DateTimeField(default=market.kernel.clock.now)),
                ],
                options={
                    'ordering': ('pk',),
                    'constraints': [models.CheckConstraint(condition=models.Q(('kind', 'person'), ('uscc__isnull', False), _connector='OR'), name='organisation_has_credit_code')],
                },
            ),
            migrations.CreateModel(
                name='User',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                    ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                    ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                    ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                    ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                    ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                    ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                    ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail address')),
                    ('name', models.CharField(blank=True, max_length=60, verbose_name='name')),
                    ('language', models.CharField(choices=[('zh-hans', '简体中文'), ('en', 'English')], default='zh-hans', max_length=10, verbose_name='language')),
                    ('acting_for', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='parties.party')),
                    ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                    ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ],
                options={
                    'verbose_name': 'user',
                    'verbose_name_plural': 'users',
                    'abstract': False,
                },
                managers=[
                    ('objects', django.contrib.auth.models.UserManager()),
                ],
            ),
            migrations.CreateModel(
                name='Membership',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                    ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='parties.party')),
                    ('role', models.CharField(choices=[('owner', 'Owner'), ('agent', 'Agent: lists, bids and signs'), ('finance', 'Finance: pays and confirms payments'), ('viewer', 'Viewer: reads only')], max_length=10)),
                    ('since', models.DateTimeField(default=market.kernel.clock.now)),
                ],
                options={
                    'ordering': ('pk',),
                    'constraints': [models.UniqueConstraint(fields=('user', 'party'), name='one_membership_per_user_and_party')],
                },
            ),
            migrations.CreateModel(
                name='Invitation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='parties.party')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to=settings.AUTH_USER_MODEL)),
                    ('role', models.CharField(choices=[('owner', 'Owner'), ('agent', 'Agent: lists, bids and signs'), ('finance', 'Finance: pays and confirms payments'), ('viewer', 'Viewer: reads only')], max_length=10)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('at', models.DateTimeField(default=market.kernel.clock.now)),
                ],
                options={
                    'ordering': ('pk',),
                    'constraints': [models.UniqueConstraint(fields=('user', 'party'), name='one_invitation_per_user_and_party')],
                },
            ),
            migrations.CreateModel(
                name='Licence',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='licences', to='parties.party')),
                    ('kind', models.CharField(choices=[('auction', 'Auction licence'), ('operation', 'Operating agency registration')], max_length=10)),
                    ('number', models.CharField(max_length=60)),
                    ('valid_from', models.DateField()),
                    ('valid_to', models.DateField()),
                ],
                options={
                    'ordering': ('pk',),
                    'constraints': [models.UniqueConstraint(fields=('kind', 'number'), name='licence_number_once_per_kind'), models.CheckConstraint(condition=models.Q(('valid_to__gte', models.F('valid_from'))), name='licence_ends_after_start')],
                },
            ),
            migrations.CreateModel(
                name='Auctioneer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='auctioneers', to='parties.party')),
                    ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('name', models.CharField(max_length=60, verbose_name='name')),
                    ('certificate', models.CharField(max_length=40, unique=True, verbose_name='certificate number')),
                    ('valid_to', models.DateField(verbose_name='valid until')),
                ],
                options={
                    'ordering': ('pk',),
                },
            ),
            migrations.CreateModel(
                name='Affiliation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='affiliations', to='parties.party')),
                    ('other', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='affiliated_by', to='parties.party')),
                    ('kind', models.CharField(choices=[('control', 'Controls'), ('employment', 'Employs'), ('kinship', 'Close relative'), ('declared', 'Declared affiliate')], max_length=12)),
                ],
                options={
                    'ordering': ('pk',),
                    'constraints': [models.UniqueConstraint(fields=('party', 'other', 'kind'), name='affiliation_once'), models.CheckConstraint(condition=models.Q(('party', models.F('other')), _negated=True), name='affiliation_of_two')],
                },
            ),
        ]),
        migrations.AddField(
            model_name='party',
            name='verified_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
    ]
