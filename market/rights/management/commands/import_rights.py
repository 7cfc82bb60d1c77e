"""manage.py import_rights PATH...: enters rights from an office's XML or the table template; a dry run unless told."""

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
from market.rights import actions, queries
from market.rights.importers.delivery import Line, read_delivery

READABLE = (".xml", ".csv", ".xlsx")


class Command(BaseCommand):
    """Reports every row as ok, exists or refused with its reason. Exit code 0: none refused; 1: some; 2: usage."""

    help = "Enter rights from US patent XML or the CSV/XLSX template. Without --commit nothing is written."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Files or directories, whose rights they are, and whether to write."""
        parser.add_argument("paths", nargs="+", metavar="PATH", help="a file, or a directory of .xml, .csv and .xlsx")
        parser.add_argument("--commit", action="store_true", help="write the rows that are ok")
        parser.add_argument("--party", metavar="CODE", help="the party the rights are entered for (P-…)")
        parser.add_argument("--json", action="store_true", dest="as_json", help="report as one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, check and, with --commit, write each row in a transaction of its own."""
        party = Party.objects.filter(code=options["party"]).first()
        if options["party"] and party is None:
            raise CommandError(f"there is no party {options['party']}", returncode=2)
        if options["commit"] and party is None:
            raise CommandError("--commit needs --party CODE: whose rights are these?", returncode=2)
        missing = [path for path in options["paths"] if not Path(path).exists()]
        if missing:
            raise CommandError(f"no such file: {', '.join(missing)}", returncode=2)
        rows, seen = [], set[object]()
        for line in self._lines(options["paths"]):
            row = self._row(line, party, options["commit"], seen)
            rows.append(row)
            if not options["as_json"]:
                self.stdout.write("\t".join(str(cell) for cell in row.values()))
        counts = Counter(row["outcome"] for row in rows)
        if options["as_json"]:
            report = {"commit": options["commit"], "counts": counts, "rows": rows}
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=1))
        else:
            verb = "entered" if options["commit"] else "can be entered"
            self.stdout.write(f"{counts['ok']} {verb}, {counts['exists']} exist, {counts['refused']} refused")
        if counts["refused"]:
            raise SystemExit(1)

    def _lines(self, paths: list[str]) -> Iterator[Line]:
        for path in map(Path, paths):
            inside = sorted(one for one in path.rglob("*") if one.suffix.lower() in READABLE)
            for file in inside if path.is_dir() else [path]:
                yield from read_delivery(file.name, file.read_bytes(), today=clock.today())

    def _row(self, line: Line, party: Party | None, commit: bool, seen: set[object]) -> dict[str, Any]:
        """What becomes of one line."""
        row: dict[str, Any] = {"file": line.file, "row": line.row, "number": "", "outcome": "refused", "reason": ""}
        if line.draft is None:
            why = [f"{column}: {sentence(refused)}" if column else sentence(refused) for column, refused in line.faults]
            return row | {"reason": " ".join(why)}
        row["number"] = line.draft.number
        same = (line.draft.kind, line.draft.key, line.draft.nice_class)
        try:
            known = same in seen or queries.entered(line.draft) is not None
            if not known and commit and party is not None:
                actions.take_in(draft=line.draft, party=party, by=None)
        except Refused as refused:
            return row | {"reason": sentence(refused)}
        seen.add(same)
        warnings = " ".join(sentence(warning) for warning in line.draft.warnings)
        return row | {"outcome": "exists" if known else "ok", "reason": warnings}
