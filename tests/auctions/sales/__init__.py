"""Sales: what must hold before an announcement, and who may register."""
