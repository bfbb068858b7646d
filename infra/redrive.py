#!/usr/bin/env python3
"""Gives what lies in the failure queues to its functions again.

    python3 infra/redrive.py QUEUE_URL...

The URLs are the stack's output FailureQueues. A message leaves its queue only when its function has taken it; what
fails again stays and is shown. Needs boto3, and credentials that may read the queues and call the functions.
"""

import argparse
import base64
import json
import sys
import time

# How long a message is hidden from other readers while its function works, seconds; the slowest has one minute.
HIDDEN_SECONDS = 120
# The most messages that SQS hands out at once.
BATCH = 10
# What of the table's stream its functions wait for; the template's filters say the same.
AWAITED = [
    {"kind": {"S": "run"}, "state": {"S": "sealed"}, "vote": {"NULL": True}},
    {"kind": {"S": "erasure"}, "done_at": {"NULL": True}},
]  # And robots whose certificate is in quarantine.


class NotRedriven(Exception):
    """Why a message stays in its queue."""


class Redrive:
    """Calls functions with what failed before."""

    def __init__(self, client):
        """`client` makes the client of a service by its name, as boto3.client does."""
        self.sqs = client("sqs")
        self.functions = client("lambda")
        self.iot = client("iot")
        self.streams = client("dynamodbstreams")

    def queue(self, url):
        """Empties a queue as far as its functions take it; gives how many messages went and how many stay."""
        gone, stay = 0, set()
        while messages := self.receive(url, stay):
            for message in messages:
                try:
                    self.message(json.loads(message["Body"]))
                except (NotRedriven, ValueError, KeyError) as reason:
                    stay.add(message["MessageId"])
                    print(f"stays: {message['MessageId']}: {reason}", file=sys.stderr)
                else:
                    self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                    gone += 1
        return gone, len(stay)

    def receive(self, url, tried):
        """The next messages, without those that were tried and came back."""
        answer = self.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=BATCH, VisibilityTimeout=HIDDEN_SECONDS, WaitTimeSeconds=1
        )
        return [message for message in answer.get("Messages", []) if message["MessageId"] not in tried]

    def message(self, failure):
        """Gives one failure to its function again."""
        if "base64OriginalPayload" in failure:
            self.call(self.function_of(failure["ruleName"]), of_rule(failure))
        elif "DDBStreamBatchInfo" in failure:
            self.call(failure["requestContext"]["functionArn"], self.of_stream(failure["DDBStreamBatchInfo"]))
        elif "requestPayload" in failure:
            self.call(failure["requestContext"]["functionArn"], failure["requestPayload"])
        else:
            raise NotRedriven("is no failure of a rule, a function or the stream")

    def function_of(self, rule):
        """The function that a topic rule hands its messages to."""
        actions = self.iot.get_topic_rule(ruleName=rule)["rule"]["actions"]
        return actions[0]["lambda"]["functionArn"]

    def of_stream(self, batch):
        """The runs that a batch of the stream was about; the stream keeps records for 24 hours."""
        start = self.streams.get_shard_iterator(
            StreamArn=batch["streamArn"],
            ShardId=batch["shardId"],
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            SequenceNumber=batch["startSequenceNumber"],
        )
        iterator, end, keys = start["ShardIterator"], int(batch["endSequenceNumber"]), []
        while iterator:
            page = self.streams.get_records(ShardIterator=iterator)
            changes = [record["dynamodb"] for record in page["Records"]]
            within = [change for change in changes if int(change["SequenceNumber"]) <= end]
            keys += [{"dynamodb": {"Keys": change["Keys"]}} for change in within if is_awaited(change)]
            iterator = page.get("NextShardIterator") if len(within) == len(changes) and changes else None
        if not keys:
            raise NotRedriven("the stream no longer has its records")
        return {"Records": keys}

    def call(self, function, event):
        answer = self.functions.invoke(FunctionName=function, Payload=json.dumps(event).encode())
        if "FunctionError" in answer:
            raise NotRedriven(f"{function} failed again: {answer['Payload'].read().decode()}")


def of_rule(failure):
    """The event that the rule would have made: what the broker tells of a connection as it is, a robot's message
    beside who sent it."""
    if failure["topic"].startswith("$aws/events/"):
        return json.loads(base64.b64decode(failure["base64OriginalPayload"]))
    return {
        "data": failure["base64OriginalPayload"],
        "clientId": failure["clientId"],
        "robot": failure["topic"].split("/")[-2],
        "trace": failure["cloudwatchTraceId"],
        "ts": int(time.time() * 1000),
    }


def is_awaited(change):
    image = change.get("NewImage", {})
    awaits = any(all(image.get(name) == value for name, value in awaited.items()) for awaited in AWAITED)
    return awaits or "quarantine" in image.get("certificate", {}).get("M", {})


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("queues", nargs="+", metavar="QUEUE_URL")
    import boto3

    redrive = Redrive(boto3.client)
    failed = 0
    for url in parser.parse_args().queues:
        gone, stay = redrive.queue(url)
        failed += stay
        print(f"{url.rsplit('/', 1)[-1]}: {gone} went, {stay} stay")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
