import type { StoredDocument } from '../../read-store/read-store.js';

type Scan = AsyncIterable<readonly StoredDocument[]>;

/** Merges two scans in id order: each id with its document on either side. */
export async function* pairedScans(
  ones: Scan,
  others: Scan,
): AsyncGenerator<readonly [StoredDocument | undefined, StoredDocument | undefined]> {
  const [left, right] = [singly(ones), singly(others)];
  let [one, other] = [(await left.next()).value, (await right.next()).value];
  while (one ?? other) {
    const order = !one ? 1 : !other ? -1 : Buffer.compare(Buffer.from(one.id), Buffer.from(other.id));
    yield [order <= 0 ? one : undefined, order >= 0 ? other : undefined];
    if (order <= 0) one = (await left.next()).value;
    if (order >= 0) other = (await right.next()).value;
  }
}

async function* singly(scan: Scan): AsyncGenerator<StoredDocument, undefined> {
  for await (const batch of scan) yield* batch;
  return undefined;
}
