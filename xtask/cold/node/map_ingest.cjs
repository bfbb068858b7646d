// What the function map_ingest does with a message that can be stored, on Node.js with AWS's own SDK.
"use strict";

const http = require("node:http");
const zlib = require("node:zlib");
const {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} = require("@aws-sdk/client-dynamodb");

const TableName = process.env.TABLE_NAME;
const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TILE_CELLS = 4096;
const KEPT_SECONDS = 30 * 24 * 60 * 60;
const table = new DynamoDBClient({});

function id(prefix, bytes) {
  let number = BigInt(`0x${bytes.toString("hex")}`);
  let digits = "";
  for (let place = 0; place < 26; place += 1, number >>= 5n) digits = DIGITS[Number(number & 31n)] + digits;
  return `${prefix}_${digits}`;
}

function decode(pack) {
  const tiles = [];
  let at = 35;
  for (let count = pack.readUInt16BE(33); count > 0; count -= 1) {
    const [column, row] = [pack.readInt16BE(at), pack.readInt16BE(at + 2)];
    const [revision, length] = [pack.readUInt32BE(at + 4), pack.readUInt16BE(at + 8)];
    const cells = pack.subarray(at + 10, at + 10 + length);
    const runs = zlib.inflateRawSync(cells, { maxOutputLength: TILE_CELLS });
    if (runs.reduce((total, run) => total + (run & 63) + 1, 0) !== TILE_CELLS) throw new Error("not a tile");
    tiles.push({ column, row, revision, cells });
    at += 10 + length;
  }
  return { pairing: id("pair", pack.subarray(1, 17)), run: id("run", pack.subarray(17, 33)), tiles };
}

function sheets(tiles) {
  const found = new Map();
  for (const tile of tiles) {
    const name = [tile.column, tile.row]
      .map((along) => (Math.floor((along + 2) / 4) + 32768).toString(16).padStart(4, "0"))
      .join("#");
    const place = ((tile.row + 2) & 3) * 4 + ((tile.column + 2) & 3);
    if (!found.has(name)) found.set(name, []);
    found.get(name).push({ place, ...tile });
  }
  return found;
}

const key = (pk, sk) => ({ pk: { S: pk }, sk: { S: sk } });
const read = (Key) => table.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));

function enter(Key, tiles) {
  const now = Math.floor(Date.now() / 1000);
  const ExpressionAttributeNames = { "#pk": "pk", "#ttl": "ttl" };
  const ExpressionAttributeValues = { ":now": { N: `${now}` }, ":ttl": { N: `${now + KEPT_SECONDS}` } };
  let change = "SET #ttl = :ttl";
  let newer = "#ttl > :now";
  for (const { place, revision, cells } of tiles) {
    Object.assign(ExpressionAttributeNames, { [`#t${place}`]: `t${place}`, [`#r${place}`]: `r${place}` });
    ExpressionAttributeValues[`:t${place}`] = { B: cells };
    ExpressionAttributeValues[`:r${place}`] = { N: `${revision}` };
    change += `, #t${place} = :t${place}, #r${place} = :r${place}`;
    newer += ` AND (attribute_not_exists(#r${place}) OR #r${place} < :r${place})`;
  }
  return table.send(
    new UpdateItemCommand({
      TableName,
      Key,
      UpdateExpression: change,
      ConditionExpression: `attribute_not_exists(#pk) OR (${newer})`,
      ExpressionAttributeNames,
      ExpressionAttributeValues,
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    }),
  );
}

async function handle(event) {
  if (event.robot !== event.clientId) throw new Error("another robot's topic");
  const { pairing, run, tiles } = decode(Buffer.from(event.data, "base64"));
  const { Item: robot } = await read(key(`R#${event.robot}`, "META"));
  if (robot?.pairing?.M.id.S !== pairing) throw new Error("not the robot's pairing");
  const home = robot.pairing.M.home.S;
  const entered = [...sheets(tiles)].map(([sheet, found]) => enter(key(`H#${home}#RUN#${run}`, `S#${sheet}`), found));
  await Promise.all(entered).catch((error) => {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  });
  const { Item: known } = await read(key(`H#${home}`, `RUN#${event.robot}#${run}`));
  return known?.state?.S ?? null;
}

const agent = new http.Agent({ keepAlive: true });

function ask(method, path, body) {
  const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
  return new Promise((resolve, reject) => {
    const request = http.request({ host, port, method, path: `/2018-06-01/runtime/invocation/${path}`, agent });
    request.on("error", reject).on("response", (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => resolve({ head: response.headers, body: Buffer.concat(parts).toString() }));
    });
    request.end(body);
  });
}

async function serve() {
  for (;;) {
    const { head, body } = await ask("GET", "next");
    const answer = await handle(JSON.parse(body));
    await ask("POST", `${head["lambda-runtime-aws-request-id"]}/response`, JSON.stringify(answer));
  }
}

serve();
