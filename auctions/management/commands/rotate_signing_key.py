"""Gives the platform a new signing key."""

from typing import Any

from django.core.management.base import BaseCommand

from auctions import signing


class Command(BaseCommand):
    """`manage.py rotate_signing_key`: sign with a new key from now on; the old secret is erased, its public half stays."""

    help = "Make a new Ed25519 key for receipts and audit files, and erase the secret of the one before."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate and print the new key's name."""
        key = signing.rotate()
        self.stdout.write(f"signing with {key.name} (public {key.public}) since {key.since}")
