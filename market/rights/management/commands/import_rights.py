"""manage.py import_rights PATH...: enters rights from offices' files or the table template, a file whole or not at all."""

import json
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties.models import Party
from market.rights.importers import intake
from market.rights.importers.intake import Judged

OUTCOMES = {
    intake.NEW: "would create",
    intake.CREATED: "created",
    intake.EXISTS: "exists",
    intake.REFUSED: "refused",
}


class Command(BaseCommand):
    """Reports every row: file, row, number, what becomes of it, why. Exit code 0: none refused; 1: some; 2: usage."""

    help = (
        "Enter rights from US patent XML, WIPO ST.96 or ST.66 marks, US copyright renewals, the CSV/XLSX template or a ZIP"
        " of such files. Without --commit nothing is written; with it, nothing of a file one of whose rows is refused,"
        " unless --in-part."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Files or directories, whose rights they are, and whether to write."""
        parser.add_argument(
            "paths", nargs="+", metavar="PATH", help="a file, or a directory of .xml, .csv, .tsv, .xlsx and .zip"
        )
        parser.add_argument("--commit", action="store_true", help="write the files that can be entered whole")
        parser.add_argument("--in-part", action="store_true", help="of the others, write the rows that are not refused")
        parser.add_argument("--party", metavar="CODE", help="the party the rights are entered for (P-…)")
        parser.add_argument("--json", action="store_true", dest="as_json", help="report as one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, check and, with --commit, write what can be entered, a file after the other."""
        party = Party.objects.filter(code=options["party"]).first()
        if options["party"] and party is None:
            raise CommandError(f"there is no party {options['party']}", returncode=2)
        if options["commit"] and party is None:
            raise CommandError("--commit needs --party CODE: whose rights are these?", returncode=2)
        missing = [path for path in options["paths"] if not Path(path).exists()]
        if missing:
            raise CommandError(f"no such file: {', '.join(missing)}", returncode=2)
        rows = []
        unmapped = Counter[str]()
        for judged in self._judged(options["paths"], party if options["commit"] else None, options["in_part"]):
            rows.append(_row(judged))
            unmapped.update(judged.line.unmapped)
            if not options["as_json"]:
                self.stdout.write("\t".join(str(cell) for cell in rows[-1].values()))
        counts = Counter(row["outcome"] for row in rows)
        if options["as_json"]:
            report = {"commit": options["commit"], "counts": counts, "rows": rows, "unmapped": unmapped}
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=1))
        else:
            said = [f"{counts[word]} {word}" for word in OUTCOMES.values() if counts[word]]
            self.stdout.write(", ".join(said) or "nothing to enter")
        if counts["refused"]:
            raise SystemExit(1)

    def _judged(self, paths: list[str], party: Party | None, in_part: bool) -> Iterator[Judged]:
        """Every line of every file with what becomes of it; entered when there is a `party` to enter it for, and the file
        is right from end to end or may be entered `in_part`."""
        try:
            files = intake.files_in(map(Path, paths))
        except Refused as refused:
            raise CommandError(sentence(refused), returncode=2) from refused
        seen = set[object]()
        for file in files:
            judged = intake.judge(list(intake.read_file(file, today=clock.today())), seen=seen)
            enters = party and (in_part or intake.is_whole(judged))
            yield from intake.enter(judged, party=party, by=None) if party and enters else judged


def _row(judged: Judged) -> dict[str, Any]:
    """A line of the report."""
    line = judged.line
    why = [f"{column}: {sentence(refused)}" if column else sentence(refused) for column, refused in judged.why]
    return {
        "file": line.file,
        "row": line.row,
        "number": line.draft.number if line.draft else "",
        "outcome": OUTCOMES[judged.outcome],
        "reason": " ".join(why),
    }
