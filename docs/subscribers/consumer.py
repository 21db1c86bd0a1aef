"""Follows topics of Amends: every event once, in order in its stream.

    pip install confluent-kafka
    python consumer.py localhost:9092 crm amends.cases amends.clocks
"""

import json
import sqlite3
import sys

from confluent_kafka import Consumer


def open_progress(path):
    """Where you keep how far you are in each stream: best in your own database, beside your own work."""
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE IF NOT EXISTS progress (stream TEXT PRIMARY KEY, revision INTEGER NOT NULL)")
    return database


def handle(event_type, key, data):
    """Your work. None for data: nothing of this key is to be kept."""
    print(event_type, key, data)


def take(database, message):
    attributes = {name: value.decode() for name, value in message.headers() or []}
    stream, revision = attributes["ce_stream"], int(attributes["ce_revision"])
    row = database.execute("SELECT revision FROM progress WHERE stream = ?", (stream,)).fetchone()
    last = row[0] if row else 0
    # Only the next revision counts: a duplicate was processed before, and one that is too early comes again in order.
    # A compacted topic has gaps: there, take whatever is newer.
    compacted = message.topic().endswith("amends.customers")
    if (revision <= last) if compacted else (revision != last + 1):
        return
    with database:  # one transaction for the work and the revision
        value = message.value()
        handle(attributes["ce_type"], message.key().decode(), None if value is None else json.loads(value))
        database.execute("INSERT OR REPLACE INTO progress VALUES (?, ?)", (stream, revision))


def main(brokers, group, *topics):
    database = open_progress(f"{group}.db")
    consumer = Consumer(
        {
            "bootstrap.servers": brokers,
            "group.id": group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
        }
    )
    consumer.subscribe(list(topics))
    try:
        while True:
            message = consumer.poll(1.0)
            if message is None:
                continue
            if message.error():
                raise RuntimeError(message.error())
            take(database, message)
            consumer.commit(message, asynchronous=False)  # after the work: unfinished messages come again
    finally:
        consumer.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
