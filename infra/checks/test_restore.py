"""What is copied out of a restored table, and that nothing is lost to a table that is busy."""

import sys
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent.parent))

import restore  # noqa: E402

HOME, OTHER = "home_01ARZ3NDEKTSV4RRFFQ69G5FAV", "home_01ARZ3NDEKTSV4RRFFQ69G5FAVX"


class Tables:
    """The restored table, in pages of two, and the other, which leaves out all but one item of each batch."""

    def __init__(self, *partitions):
        self.restored = [{"pk": {"S": partition}, "sk": {"S": str(place)}} for place, partition in enumerate(partitions)]
        self.written = []

    def get_paginator(self, operation):
        assert operation == "scan"
        return self

    def paginate(self, **_request):
        return [{"Items": self.restored[start : start + 2]} for start in range(0, len(self.restored), 2)]

    def batch_write_item(self, RequestItems):
        [(table, puts)] = RequestItems.items()
        assert 1 <= len(puts) <= restore.BATCH
        self.written.append(puts[0]["PutRequest"]["Item"])
        return {"UnprocessedItems": {table: puts[1:]} if puts[1:] else {}}


class ARestore(unittest.TestCase):
    def copied(self, tables, home=None):
        with mock.patch("time.sleep"):
            return restore.copy(tables, "restored", "table", home)

    def test_copies_all_although_the_table_is_busy(self):
        tables = Tables(*(f"R#{number}" for number in range(60)))
        self.assertEqual(self.copied(tables), 60)
        self.assertEqual(sorted(map(str, tables.written)), sorted(map(str, tables.restored)))

    def test_copies_what_belongs_to_a_home_alone(self):
        tables = Tables(f"H#{HOME}", f"H#{HOME}#RUN", f"H#{HOME}#FLOOR", f"H#{OTHER}", "P#person", f"R#{HOME}")
        self.assertEqual(self.copied(tables, HOME), 3)
        self.assertEqual([item["pk"]["S"] for item in tables.written], [f"H#{HOME}", f"H#{HOME}#RUN", f"H#{HOME}#FLOOR"])


if __name__ == "__main__":
    unittest.main()
