"""Public ids: a letter for the kind and ten random characters nobody can guess or misread ("D-7K3M9QX2TC")."""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L, U
LENGTH = 10
_CODES = len(ALPHABET) ** LENGTH


def new_code(prefix: str) -> str:
    """A fresh public id of the kind `prefix`: 30^10 of them, so a collision is refused by the unique column, not feared."""
    number, letters = secrets.randbelow(_CODES), ""
    for _ in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        letters += ALPHABET[place]
    return f"{prefix}-{letters}"
