import django.db.models.deletion
import functools
import market.kernel.clock
import market.kernel.ids
import market.rights.columns
from django.conf import settings
from django.db import migrations, models
from market.kernel.migrating import CreateModels


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('documents', '0001_initial'),
        ('parties', '0001_initial'),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Round',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField(unique=True)),
                    ('reached', models.BigIntegerField(default=0)),
                    ('done', models.BooleanField(default=False)),
                ],
                options={
                    'ordering': ('day',),
                },
            ),
            migrations.CreateModel(
                name='Import',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('I',), **{}), editable=False, max_length=16, unique=True)),
                    ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='imports', to='parties.party')),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.version')),
                    ('sha256', models.CharField(max_length=64)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('state', models.CharField(choices=[('reading', 'Being read'), ('read', 'Read'), ('entering', 'Being entered'), ('done', 'Entered'), ('failed', 'Given up')], default='reading', max_length=10)),
                    ('form', models.CharField(blank=True, max_length=5)),
                    ('encoding', models.CharField(blank=True, max_length=20)),
                    ('unknown', models.JSONField(blank=True, default=list)),
                    ('total', models.PositiveIntegerField(null=True)),
                    ('attempts', models.PositiveIntegerField(default=0)),
                    ('tries', models.PositiveSmallIntegerField(default=0)),
                    ('stale_at', models.DateTimeField(null=True)),
                    ('created_at', models.DateTimeField(default=market.kernel.clock.now)),
                ],
                options={
                    'ordering': ('-pk',),
                    'indexes': [models.Index(condition=models.Q(('state__in', ['reading', 'entering'])), fields=['stale_at'], name='import_due')],
                    'constraints': [models.UniqueConstraint(fields=('party', 'sha256'), name='one_import_per_file')],
                },
            ),
            migrations.CreateModel(
                name='ImportRow',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='rights.import')),
                    ('place', models.PositiveIntegerField()),
                    ('file', models.CharField(max_length=160)),
                    ('row', models.PositiveIntegerField()),
                    ('form', models.CharField(blank=True, max_length=10)),
                    ('cells', models.JSONField(default=dict)),
                    ('draft', models.JSONField(null=True)),
                    ('same', models.CharField(blank=True, max_length=120)),
                    ('outcome', models.CharField(max_length=8)),
                    ('why', models.JSONField(default=list)),
                ],
                options={
                    'ordering': ('run', 'place'),
                    'indexes': [models.Index(fields=['run', 'outcome', 'place'], name='import_row_outcome'), models.Index(fields=['same'], name='import_row_same')],
                    'constraints': [models.UniqueConstraint(fields=('run', 'place'), name='one_row_per_place')],
                },
            ),
            migrations.CreateModel(
                name='Family',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('M',), **{}), editable=False, max_length=16, unique=True)),
                    ('kind', models.CharField(max_length=14, verbose_name='kind')),
                    ('office', models.CharField(max_length=2, verbose_name='office')),
                    ('root', models.CharField(max_length=60, verbose_name='first application')),
                ],
                options={
                    'ordering': ('pk',),
                    'constraints': [models.UniqueConstraint(fields=('kind', 'office', 'root'), name='one_family_per_root')],
                },
            ),
            migrations.CreateModel(
                name='Portfolio',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('P',), **{}), editable=False, max_length=16, unique=True)),
                    ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='portfolios', to='parties.party')),
                    ('name', models.CharField(max_length=120, verbose_name='name')),
                    ('name_en', models.CharField(blank=True, max_length=160, verbose_name='English name')),
                    ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('created_at', models.DateTimeField(default=market.kernel.clock.now)),
                ],
                options={
                    'ordering': ('-pk',),
                },
            ),
            migrations.CreateModel(
                name='Right',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('R',), **{}), editable=False, max_length=16, unique=True)),
                    ('kind', models.CharField(choices=[('patent', 'Patent'), ('trademark', 'Trademark'), ('copyright', 'Copyright'), ('ic_layout', 'IC layout design'), ('plant_variety', 'Plant variety')], max_length=14, verbose_name='kind')),
                    ('office', models.CharField(default='CN', help_text='WIPO ST.3', max_length=2, verbose_name='office')),
                    ('key', models.CharField(max_length=60)),
                    ('number', models.CharField(max_length=60, verbose_name='number')),
                    ('title', models.CharField(max_length=600, verbose_name='title')),
                    ('title_en', models.CharField(blank=True, max_length=400, verbose_name='English title')),
                    ('abstract', models.TextField(blank=True, verbose_name='abstract')),
                    ('abstract_en', models.TextField(blank=True, verbose_name='English abstract')),
                    ('industry', models.CharField(blank=True, choices=[('biomedicine', 'Biomedicine'), ('biochemicals', 'Biochemicals'), ('electronics', 'Electronic information'), ('materials', 'New materials'), ('energy', 'New energy'), ('vehicles', 'New-energy vehicles'), ('equipment', 'Advanced equipment'), ('environment', 'Energy saving and environment'), ('culture', 'Culture'), ('tourism', 'Tourism')], max_length=16, verbose_name='industry')),
                    ('region', models.CharField(blank=True, max_length=60, verbose_name='region')),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('verified', 'Verified'), ('pending', 'Application pending'), ('granted', 'Granted, in force'), ('registered', 'Registered, in force'), ('lapsed', 'Lapsed'), ('expired', 'Expired'), ('invalidated', 'Invalidated')], default='draft', max_length=12)),
                    ('filed_on', models.DateField(blank=True, null=True, verbose_name='filed on')),
                    ('granted_on', models.DateField(blank=True, null=True, verbose_name='granted or registered on')),
                    ('expires_on', models.DateField(blank=True, null=True, verbose_name='expires on')),
                    ('service_result', models.BooleanField(default=False, verbose_name='made in the course of employment')),
                    ('source', models.CharField(blank=True, max_length=120)),
                    ('checked_on', models.DateField(blank=True, null=True, verbose_name='status checked on')),
                    ('family', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='members', to='rights.family')),
                    ('registered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='registered_rights', to='parties.party')),
                    ('created_at', models.DateTimeField(default=market.kernel.clock.now)),
                ],
                options={
                    'ordering': ('pk',),
                    'indexes': [models.Index(fields=['kind', 'industry'], name='rights_righ_kind_0fa6c6_idx'), models.Index(fields=['expires_on'], name='rights_righ_expires_cd7141_idx')],
                    'constraints': [models.UniqueConstraint(fields=('kind', 'office', 'key'), name='one_right_per_number'), models.CheckConstraint(condition=models.Q(('kind__in', ('patent', 'trademark', 'copyright', 'ic_layout', 'plant_variety'))), name='right_kind_known')],
                },
            ),
            migrations.CreateModel(
                name='Alarm',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('right', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alarms', to='rights.right')),
                    ('what', models.CharField(max_length=12)),
                    ('of', models.CharField(blank=True, max_length=160)),
                    ('on', models.DateField()),
                    ('step', models.CharField(max_length=4)),
                    ('at', models.DateTimeField(default=market.kernel.clock.now)),
                ],
                options={
                    'ordering': ('pk',),
                    'constraints': [models.UniqueConstraint(fields=('right', 'what', 'of', 'on', 'step'), name='one_alarm_per_due_and_step')],
                },
            ),
            migrations.CreateModel(
                name='Creator',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('right', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='creators', to='rights.right')),
                    ('place', models.PositiveSmallIntegerField()),
                    ('name', models.CharField(max_length=200, verbose_name='name')),
                    ('party', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='creations', to='parties.party')),
                ],
                options={
                    'ordering': ('right', 'place'),
                    'constraints': [models.UniqueConstraint(fields=('right', 'place'), name='one_creator_per_place')],
                },
            ),
            migrations.CreateModel(
                name='Patent',
                fields=[
                    ('right', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='patent', serialize=False, to='rights.right')),
                    ('type', models.CharField(choices=[('invention', 'Invention patent'), ('utility', 'Utility model'), ('design', 'Design patent')], max_length=10, verbose_name='type')),
                    ('application_no', models.CharField(blank=True, max_length=30, verbose_name='application number')),
                    ('publication_no', models.CharField(blank=True, max_length=30, verbose_name='publication number')),
                    ('grant_no', models.CharField(blank=True, max_length=30, verbose_name='grant number')),
                    ('ipc', models.JSONField(blank=True, default=list, verbose_name='IPC')),
                    ('claims', models.PositiveIntegerField(blank=True, null=True, verbose_name='number of claims')),
                    ('first_claim', models.TextField(blank=True, verbose_name='first claim')),
                    ('annuity_paid_to', models.DateField(blank=True, null=True, verbose_name='annuity paid until')),
                    ('evaluation_report', models.BooleanField(default=False, verbose_name='evaluation report on file')),
                ],
            ),
            migrations.CreateModel(
                name='Trademark',
                fields=[
                    ('right', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='trademark', serialize=False, to='rights.right')),
                    ('words', models.CharField(max_length=120, verbose_name='words of the mark')),
                    ('nice_class', models.PositiveSmallIntegerField(verbose_name='Nice class')),
                    ('groups', models.JSONField(blank=True, default=list, verbose_name='similarity groups')),
                    ('goods', models.TextField(blank=True, verbose_name='goods and services')),
                    ('last_use_on', models.DateField(blank=True, null=True, verbose_name='last use shown on')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('nice_class__range', (1, 45))), name='nice_class_1_to_45')],
                },
            ),
            migrations.CreateModel(
                name='Copyright',
                fields=[
                    ('right', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='copyright', serialize=False, to='rights.right')),
                    ('work', models.CharField(choices=[('software', 'Software'), ('literary', 'Literary work'), ('musical', 'Musical work'), ('artistic', 'Work of fine art'), ('photographic', 'Photographic work'), ('audiovisual', 'Audiovisual work'), ('graphic', 'Drawings and models'), ('other', 'Other work')], max_length=14, verbose_name='kind of work')),
                    ('certificate_no', models.CharField(blank=True, max_length=40, verbose_name='certificate number')),
                    ('version', models.CharField(blank=True, max_length=20, verbose_name='version')),
                    ('completed_on', models.DateField(blank=True, null=True, verbose_name='completed on')),
                    ('published_on', models.DateField(blank=True, null=True, verbose_name='first published on')),
                ],
            ),
            migrations.CreateModel(
                name='LayoutDesign',
                fields=[
                    ('right', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='ic_layout', serialize=False, to='rights.right')),
                    ('function', models.CharField(choices=[('logic', 'Logic circuit'), ('memory', 'Memory circuit'), ('micro', 'Microcomputer circuit'), ('linear', 'Linear circuit'), ('other', 'Other circuit')], max_length=10, verbose_name='function of the circuit')),
                    ('application_no', models.CharField(blank=True, max_length=30, verbose_name='application number')),
                    ('technology', models.CharField(blank=True, max_length=60, verbose_name='process technology')),
                    ('completed_on', models.DateField(blank=True, null=True, verbose_name='completed on')),
                    ('exploited_on', models.DateField(blank=True, null=True, verbose_name='first put to commercial use on')),
                ],
            ),
            migrations.CreateModel(
                name='PlantVariety',
                fields=[
                    ('right', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='plant_variety', serialize=False, to='rights.right')),
                    ('growth', models.CharField(choices=[('woody', 'Woody or climbing plant'), ('other', 'Other plant')], max_length=10, verbose_name='how it grows')),
                    ('species', models.CharField(blank=True, max_length=120, verbose_name='genus or species')),
                    ('application_no', models.CharField(blank=True, max_length=30, verbose_name='application number')),
                    ('authority', models.CharField(blank=True, choices=[('agriculture', 'Ministry of Agriculture and Rural Affairs'), ('forestry', 'National Forestry and Grassland Administration')], max_length=12, verbose_name='granted by')),
                ],
            ),
            migrations.CreateModel(
                name='Member',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('portfolio', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='rights.portfolio')),
                    ('right', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rights.right')),
                    ('since', models.DateField()),
                    ('until', models.DateField(null=True)),
                    ('left', models.CharField(blank=True, choices=[('taken_out', 'Taken out'), ('title_passed', 'Title passed')], max_length=12)),
                ],
                options={
                    'ordering': ('pk',),
                    'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('portfolio', 'right'), name='one_live_stay_per_portfolio_and_right'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='stay_ends_after_start'), models.CheckConstraint(condition=models.Q(models.Q(('left', ''), ('until', None)), models.Q(('until__isnull', False), models.Q(('left', ''), _negated=True)), _connector='OR'), name='ended_stay_says_how')],
                },
            ),
            migrations.CreateModel(
                name='ProductLine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('portfolio', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='rights.portfolio')),
                    ('name', models.CharField(max_length=120, verbose_name='product line')),
                    ('name_en', models.CharField(blank=True, max_length=160, verbose_name='English name')),
                    ('classes', models.JSONField(blank=True, default=list, verbose_name='Nice classes')),
                    ('ipc', models.JSONField(blank=True, default=list, verbose_name='IPC')),
                    ('together', models.BooleanField(default=False, verbose_name='goes to one buyer')),
                    ('members', models.ManyToManyField(related_name='lines', to='rights.member')),
                ],
                options={
                    'ordering': ('pk',),
                },
            ),
            migrations.CreateModel(
                name='Title',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('right', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='titles', to='rights.right')),
                    ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='titles', to='parties.party')),
                    ('share_num', models.PositiveIntegerField(default=1)),
                    ('share_den', models.PositiveIntegerField(default=1)),
                    ('since', models.DateField()),
                    ('until', models.DateField(blank=True, null=True)),
                    ('basis', models.CharField(choices=[('original', 'Original grant or registration'), ('assignment', 'Assignment'), ('succession', 'Other succession')], max_length=12)),
                    ('source', models.CharField(max_length=120)),
                ],
                options={
                    'ordering': ('right', 'since', 'pk'),
                    'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('right', 'holder'), name='one_live_title_per_holder'), models.CheckConstraint(condition=models.Q(('share_num__gte', 1), ('share_num__lte', models.F('share_den'))), name='share_is_a_proper_fraction'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='title_ends_after_start')],
                },
            ),
            migrations.CreateModel(
                name='Encumbrance',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('right', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='encumbrances', to='rights.right')),
                    ('kind', models.CharField(choices=[('pledge', 'Pledge'), ('preservation', 'Property preservation'), ('suspension', 'Suspension of procedures'), ('licence', 'Licence'), ('open_licence', 'Open licence'), ('dispute', 'Ownership dispute')], max_length=14, verbose_name='kind')),
                    ('in_favour_of', models.CharField(max_length=160, verbose_name='in favour of')),
                    ('number', models.CharField(blank=True, max_length=60, verbose_name='registration number')),
                    ('detail', models.CharField(blank=True, max_length=300, verbose_name='detail')),
                    ('since', models.DateField(verbose_name='since')),
                    ('until', models.DateField(blank=True, null=True, verbose_name='until')),
                    ('released_on', models.DateField(blank=True, null=True, verbose_name='released on')),
                    ('grade', models.CharField(blank=True, choices=[('exclusive', 'Exclusive licence'), ('sole', 'Sole licence'), ('ordinary', 'Ordinary licence')], max_length=10, verbose_name='grade of the licence')),
                    ('territory', market.rights.columns.AtomsField(default=market.rights.columns.everything, max_length=2000, verbose_name='territory')),
                    ('fields', market.rights.columns.AtomsField(default=market.rights.columns.everything, max_length=2000, verbose_name='fields of use')),
                    ('acts', market.rights.columns.AtomsField(default=market.rights.columns.everything, max_length=2000, verbose_name='acts')),
                    ('currency', models.CharField(choices=[('CNY', 'CNY'), ('USD', 'USD'), ('EUR', 'EUR'), ('GBP', 'GBP'), ('HKD', 'HKD'), ('JPY', 'JPY'), ('KRW', 'KRW'), ('KWD', 'KWD')], default='CNY', max_length=3)),
                    ('debt_minor', models.BigIntegerField(blank=True, null=True, verbose_name='secured debt')),
                ],
                options={
                    'ordering': ('right', 'since', 'pk'),
                },
            ),
            migrations.CreateModel(
                name='Condition',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(default=functools.partial(market.kernel.ids.new_code, *('K',), **{}), editable=False, max_length=16, unique=True)),
                    ('right', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conditions', to='rights.right')),
                    ('kind', models.CharField(choices=[('co_owner', 'Consent of a co-owner'), ('pledgee', 'Agreement of the pledgee'), ('first_refusal', 'First refusal of the inventors'), ('publicity', 'Publicity inside the institute'), ('export', 'Export classification'), ('appraisal', 'Appraisal of the state asset')], max_length=14)),
                    ('state', models.CharField(choices=[('open', 'Not answered yet'), ('running', 'Under way'), ('objected', 'Objection to be settled'), ('met', 'Given'), ('refused', 'Not given'), ('dropped', 'No longer needed')], default='open', max_length=10)),
                    ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conditions', to='parties.party')),
                    ('of_encumbrance', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='conditions', to='rights.encumbrance')),
                    ('opened_for', models.CharField(max_length=60)),
                    ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                    ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='asked_conditions', to='parties.party')),
                    ('opened_at', models.DateTimeField(default=market.kernel.clock.now)),
                    ('due_on', models.DateField(null=True)),
                    ('currency', models.CharField(choices=[('CNY', 'CNY'), ('USD', 'USD'), ('EUR', 'EUR'), ('GBP', 'GBP'), ('HKD', 'HKD'), ('JPY', 'JPY'), ('KRW', 'KRW'), ('KWD', 'KWD')], default='CNY', max_length=3)),
                    ('price_minor', models.BigIntegerField(null=True)),
                    ('value_minor', models.BigIntegerField(null=True)),
                    ('since', models.DateField(null=True)),
                    ('grade', models.CharField(blank=True, max_length=12)),
                    ('answer', models.CharField(blank=True, max_length=12)),
                    ('remark', models.CharField(blank=True, max_length=300)),
                    ('paper', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.version')),
                    ('answered_at', models.DateTimeField(null=True)),
                    ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ('pk',),
                    'indexes': [models.Index(fields=['owner', 'state', 'due_on'], name='condition_waiting')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('of_encumbrance', None)), fields=('right', 'kind', 'owner', 'opened_for'), name='one_condition_per_owner_and_need'), models.UniqueConstraint(condition=models.Q(('of_encumbrance__isnull', False)), fields=('of_encumbrance', 'opened_for'), name='one_condition_per_burden_and_need'), models.CheckConstraint(condition=models.Q(('value_minor', None), ('value_minor__gt', 0), _connector='OR'), name='appraised_above_zero'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('answered_by', None)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='answered_condition_names_who')],
                },
            ),
            migrations.CreateModel(
                name='Consent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('right', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='rights.right')),
                    ('kind', models.CharField(choices=[('co_owner', 'Co-owner'), ('pledgee', 'Pledgee')], max_length=10)),
                    ('of_party', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.party')),
                    ('of_encumbrance', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='rights.encumbrance')),
                    ('document', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.document')),
                    ('given_on', models.DateField()),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ('pk',),
                },
            ),
            migrations.CreateModel(
                name='Event',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('right', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='rights.right')),
                    ('kind', models.CharField(choices=[('filing', 'Application filed'), ('grant', 'Granted or registered'), ('transfer', 'Title passed'), ('change', 'Entry changed'), ('pledge', 'Pledge registered'), ('pledge_release', 'Pledge deleted'), ('preservation', 'Preservation ordered'), ('preservation_release', 'Preservation lifted'), ('suspension', 'Procedures suspended'), ('suspension_end', 'Procedures resumed'), ('licence', 'Licence filed'), ('licence_end', 'Licence ended'), ('open_licence', 'Open licence declared'), ('open_licence_end', 'Open licence withdrawn'), ('compulsory_licence', 'Compulsory licence granted'), ('dispute', 'Ownership disputed'), ('dispute_end', 'Dispute ended'), ('lapse', 'Lapsed'), ('restoration', 'Restored'), ('expiry', 'Term ended'), ('invalidation', 'Declared invalid')], max_length=20)),
                    ('on', models.DateField()),
                    ('data', models.JSONField(default=dict)),
                    ('source', models.CharField(blank=True, max_length=120)),
                    ('document', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.version')),
                    ('entered_by', models.CharField(max_length=60)),
                    ('entered_at', models.DateTimeField(default=market.kernel.clock.now)),
                ],
                options={
                    'ordering': ('right', 'on', 'pk'),
                },
            ),
        ]),
    ]
