"""What lies in the failure queues reaches its functions again, and leaves only when they took it."""

import base64
import contextlib
import io
import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from redrive import Redrive  # noqa: E402

ROBOT = "robot_01ARZ3NDEKTSV4RRFFQ69G5FAV"
MAP_INGEST, FOLD = "arn:aws:lambda:r:1:function:map", "arn:aws:lambda:r:1:function:fold"


class Cloud:
    """The four services, as far as a redrive asks them."""

    def __init__(self, *bodies, fails=False, records=()):
        self.messages = {str(place): json.dumps(body) for place, body in enumerate(bodies)}
        self.hidden, self.invoked = set(), []
        self.fails, self.records = fails, records

    def __call__(self, _service):
        return self

    def receive_message(self, **_request):
        shown = {name: body for name, body in self.messages.items() if name not in self.hidden}
        self.hidden.update(shown)
        return {"Messages": [{"MessageId": n, "ReceiptHandle": n, "Body": b} for n, b in shown.items()]}

    def delete_message(self, QueueUrl, ReceiptHandle):
        del self.messages[ReceiptHandle]

    def get_topic_rule(self, ruleName):
        return {"rule": {"actions": [{"lambda": {"functionArn": MAP_INGEST}}]}}

    def get_shard_iterator(self, **request):
        return {"ShardIterator": request["SequenceNumber"]}

    def get_records(self, ShardIterator):
        found = [r for r in self.records if int(r["dynamodb"]["SequenceNumber"]) >= int(ShardIterator)]
        return {"Records": found, "NextShardIterator": "999"}

    def invoke(self, FunctionName, Payload):
        self.invoked.append((FunctionName, json.loads(Payload)))
        return {"FunctionError": "Unhandled", "Payload": io.BytesIO(b"no")} if self.fails else {}


def redriven(cloud):
    with contextlib.redirect_stderr(io.StringIO()) as errors:
        counts = Redrive(cloud).queue("queue")
    return counts, errors.getvalue()


def rule_failure(topic, payload):
    return {
        "ruleName": "dev_map_ingest",
        "topic": topic,
        "cloudwatchTraceId": "trace",
        "clientId": ROBOT,
        "base64OriginalPayload": base64.b64encode(payload).decode(),
        "failures": [],
    }


def change(number, key, state):
    image = {"kind": {"S": "run"}, "state": {"S": state}, "vote": {"NULL": True}}
    return {"dynamodb": {"SequenceNumber": str(number), "Keys": {"pk": {"S": key}}, "NewImage": image}}


BATCH = {
    "requestContext": {"functionArn": FOLD},
    "DDBStreamBatchInfo": {
        "shardId": "s", "streamArn": "a", "startSequenceNumber": "10", "endSequenceNumber": "12", "batchSize": 2,
    },
}


class ARedrive(unittest.TestCase):
    def test_makes_the_event_of_a_robots_message_anew(self):
        cloud = Cloud(rule_failure(f"r/{ROBOT}/tiles", b"\x01\x02"))
        self.assertEqual(redriven(cloud), ((1, 0), ""))
        [(function, event)] = cloud.invoked
        self.assertEqual(function, MAP_INGEST)
        self.assertIsInstance(event.pop("ts"), int)
        self.assertEqual(event, {"data": "AQI=", "clientId": ROBOT, "robot": ROBOT, "trace": "trace"})
        self.assertEqual(cloud.messages, {})

    def test_gives_what_the_broker_told_of_a_connection_as_it_was(self):
        cloud = Cloud(rule_failure("$aws/events/presence/connected/x", b'{"eventType":"connected"}'))
        redriven(cloud)
        self.assertEqual(cloud.invoked[0][1], {"eventType": "connected"})

    def test_gives_a_function_what_it_failed_on(self):
        failure = {"requestContext": {"functionArn": MAP_INGEST}, "requestPayload": {"data": "AQI="}}
        cloud = Cloud(failure)
        self.assertEqual(redriven(cloud)[0], (1, 0))
        self.assertEqual(cloud.invoked, [(MAP_INGEST, {"data": "AQI="})])

    def test_finds_the_runs_of_a_batch_in_the_stream(self):
        records = [change(10, "a", "sealed"), change(11, "b", "finished"), change(13, "c", "sealed")]
        cloud = Cloud(BATCH, records=records)
        self.assertEqual(redriven(cloud)[0], (1, 0))
        self.assertEqual(cloud.invoked, [(FOLD, {"Records": [{"dynamodb": {"Keys": {"pk": {"S": "a"}}}}]})])

    def test_leaves_what_fails_again_and_what_it_does_not_know(self):
        failure = {"requestContext": {"functionArn": MAP_INGEST}, "requestPayload": {}}
        for cloud, why in [
            (Cloud(failure, fails=True), "failed again: no"),
            (Cloud({"hello": 1}), "is no failure"),
            (Cloud(BATCH), "no longer has its records"),
        ]:
            counts, errors = redriven(cloud)
            self.assertEqual((counts, len(cloud.messages)), ((0, 1), 1))
            self.assertIn(why, errors)


if __name__ == "__main__":
    unittest.main()
