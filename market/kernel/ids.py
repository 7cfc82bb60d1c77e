"""Public ids: a letter for the kind and ten random characters nobody can guess or misread ("D-7K3M9QX2TC")."""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L, U
LENGTH = 10


def new_code(prefix: str) -> str:
    """A fresh public id of the kind `prefix`: 30^10 of them, so a collision is refused by the unique column, not feared."""
    return f"{prefix}-{''.join(secrets.choice(ALPHABET) for _ in range(LENGTH))}"
