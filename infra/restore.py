#!/usr/bin/env python3
"""Copies items of a restored table back into the stack's table.

    python3 infra/restore.py RESTORED TABLE [--home HOME]

With --home only what belongs to that home: its floors, maps, runs and commands. An item that both tables have becomes
as it was; one that only the stack's table has stays. Needs boto3, and credentials that may read the one table and
write the other.
"""

import argparse
import sys
import time

# The most items that DynamoDB writes in one batch.
BATCH = 25
# How long a write waits before the table is asked again for what it left out, seconds.
PAUSE_SECONDS = 0.5


def copy(client, source, target, home=None):
    """Copies the items, and gives how many there were."""
    copied, waiting = 0, []
    for item in items(client, source):
        if home is not None and not is_of_home(item, home):
            continue
        waiting.append(item)
        copied += 1
        if len(waiting) == BATCH:
            write(client, target, waiting)
            waiting = []
    write(client, target, waiting)
    return copied


def items(client, table):
    """All items of a table."""
    pages = client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    for page in pages:
        yield from page["Items"]


def is_of_home(item, home):
    """Whether an item lies in one of the home's partitions: its own, and those of its floors and runs."""
    partition = item["pk"]["S"]
    return partition == f"H#{home}" or partition.startswith(f"H#{home}#")


def write(client, table, batch):
    """Writes a batch, again and again what the table leaves out for want of capacity."""
    requests = {table: [{"PutRequest": {"Item": item}} for item in batch]} if batch else {}
    while requests:
        requests = client.batch_write_item(RequestItems=requests).get("UnprocessedItems", {})
        if requests:
            time.sleep(PAUSE_SECONDS)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("restored", metavar="RESTORED")
    parser.add_argument("table", metavar="TABLE")
    parser.add_argument("--home", metavar="HOME", help="such as home_01J...")
    arguments = parser.parse_args()
    import boto3

    copied = copy(boto3.client("dynamodb"), arguments.restored, arguments.table, arguments.home)
    print(f"{copied} items went to {arguments.table}")
    return 0 if copied else 1


if __name__ == "__main__":
    sys.exit(main())
