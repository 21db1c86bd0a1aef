import { isSealed, type Sealed } from '../../../event-sourcing/sealed.js';
import type { StoredDocument } from '../../../read-store/read-store.js';
import { encoded, type Encoded, type Utf8Writer } from './utf8-writer.js';

/** Of when and where a build was made, and not of what it says. */
const LEFT_OUT: ReadonlySet<string> = new Set(['position', 'recordedAt', 'generation', 'timeZoneData']);

/** What is known of the values that stand at one place of a kind of document. */
interface Place {
  /** Of objects: the shapes that come, and the one that came last. */
  readonly shapes: Shape[];
  last: Shape | undefined;
  /** Of the elements, where arrays stand, or objects whose names are data. */
  elements: Place | undefined;
}

/** Names as they come, sorted once; of those that count, how each is written after another, in their order. */
interface Shape {
  readonly names: readonly string[];
  readonly members: readonly Member[];
  readonly isSealed: boolean;
  /** The one that came after it last: those of one object come after another as they did in the one before. */
  next: Shape | undefined;
  /** The values of the object at hand, in the order of names. */
  values: unknown[];
  /** Those of the one before, which was written there, unless that was cleared since. */
  lastValues: unknown[];
  lastTo: Utf8Writer | undefined;
  lastCleared: number;
}

interface Member {
  /** Its place among the names as they come. */
  readonly index: number;
  readonly written: Encoded;
  readonly place: Place;
  /** Where it stands in the last object of the shape, with its name. */
  from: number;
  to: number;
}

/** Beyond, names are data, such as ids, and are written as they come. */
const MOST_SHAPES = 64;

const place = (): Place => ({ shapes: [], last: undefined, elements: undefined });

function shapeOf(value: object): Shape {
  const names = Object.keys(value);
  const members = names
    .filter((name) => !LEFT_OUT.has(name))
    .toSorted()
    .map((name) => ({
      index: names.indexOf(name),
      written: encoded(`,${JSON.stringify(name)}:`),
      place: place(),
      from: 0,
      to: 0,
    }));
  const last = { lastValues: [], lastTo: undefined, lastCleared: 0 };
  return { names, members, isSealed: isSealed(value), next: undefined, values: [], ...last };
}

/** Takes the values of an object; false where it has not the names of the shape. */
function fits(value: object, { names, values }: Shape): boolean {
  let i = 0;
  for (const name in value) {
    if (names[i] !== name) return false;
    values[i++] = (value as Readonly<Record<string, unknown>>)[name];
  }
  return i === names.length;
}

/** The shape that an object fits which does not fit the one that was looked for; undefined where names are data. */
function otherShape({ shapes }: Place, value: object): Shape | undefined {
  const known = shapes.find((shape) => fits(value, shape));
  if (known || shapes.length === MOST_SHAPES) return known;
  const shape = shapeOf(value);
  shapes.push(shape);
  fits(value, shape);
  return shape;
}

const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/** No object is changed once it is a document's. */
const isSame = (one: unknown, other: unknown): boolean =>
  one === other || (typeof one === 'object' && isEmptyList(one) && isEmptyList(other));

/**
 * The documents of one read model as they are hashed, a line each: [id, document] in canonical JSON (RFC 8785), ended
 * by a line feed, without what differs from build to build, sealed fields by where they were stored. Every document of
 * every digest goes through it: so what it has in common with the one before it is copied from there, and not made again.
 */
export class Lines {
  readonly #documents = place();

  add({ id, document }: Pick<StoredDocument, 'id' | 'document'>, to: Utf8Writer): void {
    to.byte(OPEN_LIST);
    to.quoted(id);
    to.byte(COMMA);
    add(document, this.#documents, to);
    to.plain(']\n');
  }
}

function add(value: unknown, at: Place, to: Utf8Writer): void {
  if (typeof value === 'string') to.quoted(value);
  else if (value === null) to.plain('null');
  else if (typeof value === 'boolean') to.plain(value ? 'true' : 'false');
  else if (typeof value === 'number') to.number(value);
  else if (typeof value !== 'object') to.plain(JSON.stringify(value) ?? 'null');
  else if (Array.isArray(value)) addList(value, (at.elements ??= place()), to);
  else addObject(value, at, to);
}

function addList(values: readonly unknown[], at: Place, to: Utf8Writer): void {
  let before = OPEN_LIST;
  for (const value of values) {
    to.byte(before);
    before = COMMA;
    add(value, at, to);
  }
  if (before === OPEN_LIST) to.byte(OPEN_LIST);
  to.byte(CLOSE_LIST);
}

function addObject(value: object, at: Place, to: Utf8Writer): void {
  const { last } = at;
  const next = last?.next ?? last;
  const shape = next && fits(value, next) ? next : otherShape(at, value);
  if (last) last.next = shape;
  at.last = shape;
  if (!shape) return addAnyObject(value, at, to);
  if (shape.isSealed) return addSealed(value as Sealed, to);
  const start = to.length;
  addMembers(shape, to);
  if (to.length === start) to.byte(OPEN);
  else to.replace(start, OPEN); // of the first comma
  to.byte(CLOSE);
}

function addAnyObject(value: object, at: Place, to: Utf8Writer): void {
  if (isSealed(value)) return addSealed(value, to);
  let before = OPEN;
  for (const name of Object.keys(value).toSorted()) {
    const one = (value as Readonly<Record<string, unknown>>)[name];
    if (one === undefined || LEFT_OUT.has(name)) continue;
    to.byte(before);
    before = COMMA;
    to.quoted(name);
    to.byte(COLON);
    add(one, (at.elements ??= place()), to);
  }
  if (before === OPEN) to.byte(OPEN);
  to.byte(CLOSE);
}

/** Each after a comma. Those that stand one after another in the last object of the shape too are copied at once. */
function addMembers(shape: Shape, to: Utf8Writer): void {
  const { values, lastValues } = shape;
  const last = shape.lastTo?.cleared === shape.lastCleared ? shape.lastTo : undefined;
  let run = 0;
  let end = 0;
  for (const member of shape.members) {
    const value = values[member.index];
    if (value === undefined) continue;
    if (last && isSame(value, lastValues[member.index])) {
      if (member.from !== end) {
        if (end > run) copy(last, run, end, to);
        run = member.from;
      }
      end = member.to;
      member.from += to.length - run;
      member.to += to.length - run;
      continue;
    }
    if (last && end > run) copy(last, run, end, to);
    run = end = 0;
    member.from = to.length;
    to.encoded(member.written);
    add(value, member.place, to);
    member.to = to.length;
  }
  if (last && end > run) copy(last, run, end, to);
  shape.values = lastValues;
  shape.lastValues = values;
  shape.lastTo = to;
  shape.lastCleared = to.cleared;
}

/** Where the first stood first in its object, it had no comma before it. */
function copy(last: Utf8Writer, from: number, end: number, to: Utf8Writer): void {
  const start = to.length;
  to.copy(last, from, end);
  to.replace(start, COMMA);
}

function addSealed({ event, field }: Sealed, to: Utf8Writer): void {
  to.plain('{"event":');
  to.quoted(event);
  to.plain(',"field":');
  to.quoted(field);
  to.byte(CLOSE);
}
