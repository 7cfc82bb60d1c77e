"""An offer may name no sum: a licence may be paid for in royalties alone. SQLite writes the table anew, and its guards."""

from importlib import import_module

from django.db import migrations, models
from django.db.models import Q

from market.kernel.migrating import Guard

guards = import_module("market.listings.migrations.0004_offers")


class Migration(migrations.Migration):

    dependencies = [
        ('listings', '0005_wanted_posts'),
    ]

    operations = [
        Guard(guards.take_down, guards.put_up),
        migrations.RemoveConstraint(model_name='offer', name='offer_is_positive'),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=Q(('amount_minor__gte', 0)), name='offer_is_not_negative'),
        ),
        Guard(guards.put_up, guards.take_down),
    ]
