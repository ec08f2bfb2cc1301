#!/usr/bin/env python3
"""Makes a trail from recorded events, as CloudTrail delivers it to S3.

    benches/trail.py OUT EVENTS SAMPLE...

SAMPLE is JSON Lines or `{"Records": [...]}`, plain or gzip. The events of the samples come again and
again, with ids, times and sessions of their own, over 30 days. The same arguments give the same bytes.
"""

import gzip
import json
import os
import random
import sys
import uuid
import zlib
from datetime import datetime, timedelta, timezone

START = datetime(2024, 3, 1, tzinfo=timezone.utc)
SPAN_SECONDS = 30 * 24 * 3600
EVENTS_IN_A_FILE = 2000
EVENTS_IN_A_SESSION = 300
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def samples(paths):
    for path in paths:
        opened = gzip.open if path.endswith(".gz") else open
        with opened(path, "rt", encoding="utf-8") as file:
            text = file.read()
        if text.startswith('{"Records"'):
            yield from json.loads(text)["Records"]
        else:
            yield from (json.loads(line) for line in text.splitlines() if line)


class Sessions:
    """The temporary keys of principals, each good for some hundred events."""

    def __init__(self, source):
        self.source = source
        self.of = {}

    def refresh(self, event, now):
        identity = event.get("userIdentity")
        if not isinstance(identity, dict) or not str(identity.get("accessKeyId", "")).startswith("ASIA"):
            return
        principal = str(identity.get("arn") or identity.get("principalId"))
        key, began, used = self.of.get(principal, (None, None, EVENTS_IN_A_SESSION))
        if used >= EVENTS_IN_A_SESSION:
            key = "ASIA" + "".join(self.source.choices(LETTERS[:26] + "234567", k=16))
            began, used = now, 0
        self.of[principal] = (key, began, used + 1)
        identity["accessKeyId"] = key
        attributes = identity.get("sessionContext", {}).get("attributes")
        if isinstance(attributes, dict):
            attributes["creationDate"] = began


def identifier(source):
    return str(uuid.UUID(int=source.getrandbits(128), version=4))


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def events(number, texts, source):
    sessions = Sessions(source)
    for index in range(number):
        event = json.loads(texts[source.randrange(len(texts))])
        moment = START + timedelta(seconds=SPAN_SECONDS * index // number)
        event["eventTime"] = stamp(moment)
        event["eventID"] = identifier(source)
        for member in ("requestID", "sharedEventID"):
            if event.get(member):
                event[member] = identifier(source)
        sessions.refresh(event, stamp(moment))
        yield moment, event


def write(out, moment, account, region, records, source):
    name = "".join(source.choices(LETTERS, k=16))
    folder = os.path.join(out, "AWSLogs", account, "CloudTrail", region, moment.strftime("%Y/%m/%d"))
    os.makedirs(folder, exist_ok=True)
    file_name = f"{account}_CloudTrail_{region}_{moment.strftime('%Y%m%dT%H%MZ')}_{name}.json.gz"
    text = json.dumps({"Records": records}, separators=(",", ":"), ensure_ascii=False)
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    with open(os.path.join(folder, file_name), "wb") as file:
        file.write(packer.compress(text.encode()) + packer.flush())
    return len(text)


def main():
    if len(sys.argv) < 4 or not sys.argv[2].isdigit():
        sys.exit(__doc__)
    out, number = sys.argv[1], int(sys.argv[2])
    source = random.Random(6)
    texts = [json.dumps(event) for event in samples(sys.argv[3:])]
    waiting, files, size = {}, 0, 0
    for moment, event in events(number, texts, source):
        place = (str(event.get("recipientAccountId") or "123456789012"), str(event.get("awsRegion") or "us-east-1"))
        records = waiting.setdefault(place, [])
        records.append(event)
        if len(records) >= EVENTS_IN_A_FILE:
            size += write(out, moment, *place, records, source)
            files += 1
            waiting[place] = []
    for place, records in waiting.items():
        if records:
            size += write(out, START + timedelta(seconds=SPAN_SECONDS), *place, records, source)
            files += 1
    print(f"{number} events in {files} files, {size >> 20} MiB unpacked")


if __name__ == "__main__":
    main()
