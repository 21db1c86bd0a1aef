import { isSealed } from '../event-sourcing/sealed.js';
import type { StoredDocument } from '../read-store/read-store.js';

/** Of when and where a build was made, and not of what it says. */
const LEFT_OUT: ReadonlySet<string> = new Set(['position', 'recordedAt', 'generation', 'timeZoneData']);

/** What is known of the values that stand at one place of a kind of document. */
interface Place {
  /** Of objects: the few shapes that come, the last one first asked for. */
  shapes: Shape[];
  last: Shape | undefined;
  /** Of the elements, where arrays stand. */
  elements: Place | undefined;
}

/** Names as they come, sorted once; of those that count, how each is written after another, in their order. */
interface Shape {
  readonly names: readonly string[];
  readonly members: readonly Member[];
}

interface Member {
  readonly name: string;
  readonly written: Uint8Array;
  readonly place: Place;
}

/** Beyond, names are data, such as ids: no use in knowing them all. */
const MOST_SHAPES = 16;

const place = (): Place => ({ shapes: [], last: undefined, elements: undefined });

const shapeOf = (names: readonly string[]): Shape => ({
  names,
  members: names
    .filter((name) => !LEFT_OUT.has(name))
    .toSorted()
    .map((name) => ({ name, written: Buffer.from(`,${JSON.stringify(name)}:`), place: place() })),
});

function fits(value: object, { names }: Shape): boolean {
  let i = 0;
  for (const name in value) if (names[i++] !== name) return false;
  return i === names.length;
}

function shapeAt(at: Place, value: object): Shape {
  if (at.last && fits(value, at.last)) return at.last;
  at.last = at.shapes.find((shape) => fits(value, shape));
  if (at.last) return at.last;
  if (at.shapes.length >= MOST_SHAPES) at.shapes = [];
  at.shapes.push((at.last = shapeOf(Object.keys(value))));
  return at.last;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** By character: 1 where it stands for itself. One look is cheaper than a comparison for each that does not. */
const PLAIN = new Uint8Array(0x10000).fill(1, 0x20, 0x7f);
for (const character of '"\\') PLAIN[character.charCodeAt(0)] = 0;

/**
 * The documents of one read model as they are hashed, a line each: [id, document] in canonical JSON (RFC 8785), ended
 * by a line feed, without what differs from build to build, sealed fields by where they were stored. Written out byte
 * by byte because every document of every digest goes through it: twice as fast as pieces of text put together.
 */
export class Lines {
  readonly #documents = place();
  #bytes = Buffer.allocUnsafe(64 * 1024);
  #end = 0;

  add({ id, document }: Pick<StoredDocument, 'id' | 'document'>): void {
    this.#byte(OPEN_LIST);
    this.#text(id);
    this.#byte(COMMA);
    this.#value(document, this.#documents);
    this.#plain(']\n');
  }

  /** Bytes that wait to be taken. */
  get length(): number {
    return this.#end;
  }

  /** What was added since the last time: to be read before more is added, which takes its place. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#end);
    this.#end = 0;
    return taken;
  }

  #value(value: unknown, at: Place): void {
    if (typeof value === 'string') this.#text(value);
    else if (value === null) this.#plain('null');
    else if (typeof value === 'boolean') this.#plain(value ? 'true' : 'false');
    else if (typeof value !== 'object') this.#plain(JSON.stringify(value) ?? 'null');
    else if (Array.isArray(value)) this.#list(value, (at.elements ??= place()));
    else if (isSealed(value)) this.#sealed(value.event, value.field);
    else this.#object(value as Readonly<Record<string, unknown>>, shapeAt(at, value));
  }

  #list(values: readonly unknown[], at: Place): void {
    let before = OPEN_LIST;
    for (const value of values) {
      this.#byte(before);
      before = COMMA;
      this.#value(value, at);
    }
    if (before === OPEN_LIST) this.#byte(OPEN_LIST);
    this.#byte(CLOSE_LIST);
  }

  #object(value: Readonly<Record<string, unknown>>, { members }: Shape): void {
    const start = this.#end;
    for (const { name, written, place: at } of members) {
      const one = value[name];
      if (one === undefined) continue;
      this.#copy(written);
      this.#value(one, at);
    }
    if (this.#end === start) this.#byte(OPEN);
    else this.#bytes[start] = OPEN; // in the place of the first comma
    this.#byte(CLOSE);
  }

  #sealed(event: string, field: string): void {
    this.#plain('{"event":');
    this.#text(event);
    this.#plain(',"field":');
    this.#text(field);
    this.#byte(CLOSE);
  }

  #byte(byte: number): void {
    this.#room(1);
    this.#bytes[this.#end++] = byte;
  }

  #copy(from: Uint8Array): void {
    this.#room(from.length);
    const bytes = this.#bytes;
    let end = this.#end;
    for (let i = 0; i < from.length; i++) bytes[end++] = from[i] as number;
    this.#end = end;
  }

  /** Of characters that stand for themselves. */
  #plain(text: string): void {
    this.#room(text.length);
    const bytes = this.#bytes;
    let end = this.#end;
    for (let i = 0; i < text.length; i++) bytes[end++] = text.charCodeAt(i);
    this.#end = end;
  }

  #text(text: string): void {
    this.#room(text.length + 2);
    const bytes = this.#bytes;
    let end = this.#end;
    bytes[end++] = QUOTE;
    for (let i = 0; i < text.length; i++) {
      const character = text.charCodeAt(i);
      if (PLAIN[character] === 0) return this.#escaped(text);
      bytes[end++] = character;
    }
    bytes[end++] = QUOTE;
    this.#end = end;
  }

  #escaped(text: string): void {
    const quoted = JSON.stringify(text);
    this.#room(Buffer.byteLength(quoted));
    this.#end += this.#bytes.write(quoted, this.#end);
  }

  #room(more: number): void {
    if (this.#end + more <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#end + more));
    this.#bytes.copy(grown, 0, 0, this.#end);
    this.#bytes = grown;
  }
}
