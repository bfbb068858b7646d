"""What the function map_ingest does with a message that can be stored, on Python with AWS's own SDK."""

import base64
import http.client
import json
import os
import struct
import time
import zlib
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.exceptions import ClientError

TABLE = os.environ["TABLE_NAME"]
DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TILE_CELLS = 4096
KEPT_SECONDS = 30 * 24 * 60 * 60
NEXT = "/2018-06-01/runtime/invocation/next"
RESPONSE = "/2018-06-01/runtime/invocation/{}/response"

table = boto3.client("dynamodb")
pool = ThreadPoolExecutor(4)


def id_of(prefix, number):
    digits = "".join(DIGITS[number >> 5 * place & 31] for place in reversed(range(26)))
    return f"{prefix}_{digits}"


def decode(pack):
    _, pairing, run, count = struct.unpack_from(">B16s16sH", pack)
    tiles, at = [], 35
    for _ in range(count):
        column, row, revision, length = struct.unpack_from(">hhIH", pack, at)
        cells = pack[at + 10 : at + 10 + length]
        runs = zlib.decompressobj(-15).decompress(cells, TILE_CELLS)
        if sum(run & 63 for run in runs) + len(runs) != TILE_CELLS:
            raise ValueError("not a tile")
        tiles.append((column, row, revision, cells))
        at += 10 + length
    pairing, run = (int.from_bytes(number, "big") for number in (pairing, run))
    return id_of("pair", pairing), id_of("run", run), tiles


def sheets(tiles):
    found = {}
    for column, row, revision, cells in tiles:
        name = f"S#{(column + 2 >> 2) + 32768:04x}#{(row + 2 >> 2) + 32768:04x}"
        found.setdefault(name, []).append(((row + 2 & 3) * 4 + (column + 2 & 3), revision, cells))
    return found


def key(pk, sk):
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def read(key):
    return table.get_item(TableName=TABLE, Key=key, ConsistentRead=True).get("Item")


def enter(key, tiles):
    now = int(time.time())
    names, change, newer = {"#pk": "pk", "#ttl": "ttl"}, "SET #ttl = :ttl", "#ttl > :now"
    values = {":now": {"N": str(now)}, ":ttl": {"N": str(now + KEPT_SECONDS)}}
    for place, revision, cells in tiles:
        names |= {f"#t{place}": f"t{place}", f"#r{place}": f"r{place}"}
        values |= {f":t{place}": {"B": cells}, f":r{place}": {"N": str(revision)}}
        change += f", #t{place} = :t{place}, #r{place} = :r{place}"
        newer += f" AND (attribute_not_exists(#r{place}) OR #r{place} < :r{place})"
    try:
        table.update_item(
            TableName=TABLE,
            Key=key,
            UpdateExpression=change,
            ConditionExpression=f"attribute_not_exists(#pk) OR ({newer})",
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except ClientError as refused:
        if refused.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise


def handle(event):
    if event["robot"] != event["clientId"]:
        raise ValueError("another robot's topic")
    pairing, run, tiles = decode(base64.b64decode(event["data"]))
    robot = read(key(f"R#{event['robot']}", "META"))
    if robot["pairing"]["M"]["id"]["S"] != pairing:
        raise ValueError("not the robot's pairing")
    home = robot["pairing"]["M"]["home"]["S"]
    partition = f"H#{home}#RUN#{run}"
    list(pool.map(lambda sheet: enter(key(partition, sheet[0]), sheet[1]), sheets(tiles).items()))
    known = read(key(f"H#{home}", f"RUN#{event['robot']}#{run}"))
    return known and known["state"]["S"]


def serve():
    host = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        host.request("GET", NEXT)
        event = host.getresponse()
        request = event.headers["lambda-runtime-aws-request-id"]
        answer = json.dumps(handle(json.load(event)))
        host.request("POST", RESPONSE.format(request), answer)
        host.getresponse().read()


serve()
