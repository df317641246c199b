"""What instances cost by list price: the function's own table, and its variable MAYFLY_PRICES over it."""

import re

from .deployment import ROOT

FILE = ROOT / "src/main/resources/io/mayfly/cost/prices.txt"
SIZES = {"nano": 0.0625, "micro": 0.125, "small": 0.25, "medium": 0.5, "large": 1.0, "xlarge": 2.0}


class Prices:
    """Nothing is known without the table, and then nothing is estimated."""

    def __init__(self, given="", file=FILE):
        self.table = {}
        lines = file.read_text().splitlines() if file.exists() else []
        for entry in [*lines, *given.split(",")]:
            found = re.fullmatch(r"\s*([a-z0-9.-]+)=([0-9]+(?:\.[0-9]+)?)\s*", entry)
            if found:
                self.table[found[1]] = float(found[2])

    def hour(self, instance_type, market):
        """Dollars an hour; None where the type is unknown."""
        price = self.table.get(instance_type)
        if price is None:
            family, _, size = instance_type.partition(".")
            many = re.fullmatch(r"([0-9]{1,3})xlarge", size)
            factor = 2.0 * int(many[1]) if many else SIZES.get(size)
            if family not in self.table or factor is None:
                return None
            price = self.table[family] * factor * self.table.get("region", 1.0)
        return price * self.table.get("spot", 1.0) if market == "spot" else price
