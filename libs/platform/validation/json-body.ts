import { errorText } from '../../event-sourcing/error-text.js';
import { Problem, invalid, type FieldMistake } from '../problem/problem.js';
import { hasControlCharacter } from './formats.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });
const DEEPEST = 32;
const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * JSON as a body may hold it. What JSON.parse lets pass and a store must not hold is refused: bytes that are not
 * UTF-8, a name given twice (the last would win unseen), names of the prototype, control characters, nesting without
 * end. @throws Problem 400 or 422, naming the field.
 */
export function parseJson(body: Buffer): unknown {
  const text = decode(body);
  const value = parse(text);
  const names = { count: 0 };
  const mistake = mistakeIn(value, '', 0, names);
  if (mistake !== undefined) throw invalid([mistake]);
  if (names.count !== membersOf(text)) {
    const field = nameGivenTwice(text);
    throw invalid([{ field, message: 'is given twice; send it once' }], 400);
  }
  return value;
}

function decode(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch (error) {
    throw malformed(`The body is not UTF-8 (${errorText(error)}). Send JSON in UTF-8.`);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(`The body is not JSON (${errorText(error)}). Send JSON.`);
  }
}

const malformed = (detail: string): Problem => new Problem({ status: 400, code: 'malformed', detail });

function mistakeIn(value: unknown, at: string, depth: number, names: { count: number }): FieldMistake | undefined {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) return { field: at, message: 'must be well formed Unicode' };
    return hasControlCharacter(value) ? { field: at, message: 'must hold no control characters' } : undefined;
  }
  if (typeof value === 'number')
    return Number.isFinite(value) ? undefined : { field: at, message: 'is a number too large' };
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth === DEEPEST) return { field: at, message: `is nested more than ${DEEPEST} deep` };
  const isList = Array.isArray(value);
  for (const [name, member] of Object.entries(value)) {
    if (!isList) names.count++;
    const field = at === '' ? name : `${at}/${name}`;
    if (FORBIDDEN_NAMES.has(name)) return { field, message: 'is a name that no field may have' };
    const mistake = mistakeIn(member, field, depth + 1, names);
    if (mistake !== undefined) return mistake;
  }
  return undefined;
}

/** How many members the objects of valid JSON are written with: the colons outside of texts. */
function membersOf(text: string): number {
  let members = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === COLON) members++;
    else if (code === QUOTE) at = endOfText(text, at);
  }
  return members;
}

const COLON = 58;
const QUOTE = 34;
const BACKSLASH = 92;

function endOfText(text: string, opening: number): number {
  let at = opening + 1;
  for (; text.charCodeAt(at) !== QUOTE; at++) if (text.charCodeAt(at) === BACKSLASH) at++;
  return at;
}

/** Only asked when there is one: the first name that an object of this JSON has twice. */
function nameGivenTwice(text: string): string {
  const open: Set<string>[] = [];
  let last = '';
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '{') open.push(new Set());
    else if (sign === '}') open.pop();
    else if (sign === '"') {
      const end = endOfText(text, at);
      last = text.slice(at, end + 1);
      at = end;
    } else if (sign === ':') {
      const name = String(JSON.parse(last));
      const names = open.at(-1);
      if (names?.has(name) === true) return name;
      names?.add(name);
    }
  }
  return '';
}
