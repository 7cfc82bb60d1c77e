"""How fast somebody may act: a bucket that fills with time and empties with acts."""


class Pace:
    """Allows `per_second` acts a second, and as many at once after a second of rest. The clock is the caller's."""

    def __init__(self, *, per_second: int) -> None:
        self.rate = per_second
        self.left = float(per_second)
        self.seen = 0.0

    def allows(self, now: float) -> bool:
        """Count an act at `now` (seconds, monotonic); False when it comes too soon, and then it does not count."""
        self.left = min(float(self.rate), self.left + (now - self.seen) * self.rate)
        self.seen = now
        if self.left < 1:
            return False
        self.left -= 1
        return True
