import { DAY_MS } from '../rules/duration.js';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const SECOND = 1_000;
/** The last instant there is, and the first, from 1970 on. */
const MOST = 1e8 * DAY_MS;

/** Of `YYYY-MM-DDThh:mm:ss.mmmZ`. */
const LENGTH = 24;
const [HYPHEN, FULL_STOP, COLON, T, Z] = [0x2d, 0x2e, 0x3a, 0x54, 0x5a];
const isPunctuated = (iso: string): boolean =>
  iso.length === LENGTH &&
  iso.charCodeAt(4) === HYPHEN &&
  iso.charCodeAt(7) === HYPHEN &&
  iso.charCodeAt(10) === T &&
  iso.charCodeAt(13) === COLON &&
  iso.charCodeAt(16) === COLON &&
  iso.charCodeAt(19) === FULL_STOP &&
  iso.charCodeAt(23) === Z;

/** By character: what a digit stands for. Others stand for more than any digits do together. */
const DIGITS = new Int32Array(0x10000).fill(1e9);
for (let digit = 0; digit < 10; digit++) DIGITS[0x30 + digit] = digit;

const one = (iso: string, at: number): number => DIGITS[iso.charCodeAt(at)] as number;
const two = (iso: string, at: number): number => one(iso, at) * 10 + one(iso, at + 1);

const texts = (most: number, text: (n: number) => string): readonly string[] =>
  Array.from({ length: most }, (_, n) => text(n));
const digits = (count: number, n: number): string => String(n).padStart(count, '0');
const OF_DAY = texts(DAY_MS / MINUTE, (n) => `T${digits(2, Math.floor(n / 60))}:${digits(2, n % 60)}:`);
const OF_MINUTE = texts(MINUTE / SECOND, (n) => `${digits(2, n)}.`);
const OF_SECOND = texts(SECOND, (n) => `${digits(3, n)}Z`);

const PLACE_BITS = 12;
const PLACES = 1 << PLACE_BITS;

/** What was worked out lately, each in a place that follows from it: most instants of a case are not far apart. */
class Instants {
  readonly #daysRead = { day: new Int32Array(PLACES).fill(-1), at: new Float64Array(PLACES) };
  readonly #daysWritten = { day: new Float64Array(PLACES).fill(NaN), text: new Array<string>(PLACES).fill('') };
  readonly #written = { at: new Float64Array(PLACES).fill(NaN), text: new Array<string>(PLACES).fill('') };
  /** The last two read: whatever one event moves asks for the same few instants. */
  #last = '';
  #lastAt = NaN;
  #before = '';
  #beforeAt = NaN;

  read(iso: string): number {
    if (iso === this.#last) return this.#lastAt;
    if (iso === this.#before) return this.#beforeAt;
    this.#before = this.#last;
    this.#beforeAt = this.#lastAt;
    this.#last = iso;
    this.#lastAt = this.#parsed(iso);
    return this.#lastAt;
  }

  #parsed(iso: string): number {
    if (!isPunctuated(iso)) return Date.parse(iso);
    const day = two(iso, 0) * 1_000_000 + two(iso, 2) * 10_000 + two(iso, 5) * 100 + two(iso, 8);
    const [hours, minutes, seconds] = [two(iso, 11), two(iso, 14), two(iso, 17)];
    const ms = two(iso, 20) * 10 + one(iso, 22);
    if (!(day < 1e8 && hours < 24 && minutes < 60 && seconds < 60 && ms < 1_000)) return Date.parse(iso);
    const place = day % PLACES;
    const days = this.#daysRead;
    if (days.day[place] !== day) {
      days.day[place] = day;
      days.at[place] = Date.parse(`${iso.slice(0, 10)}T00:00:00.000Z`);
    }
    return (days.at[place] as number) + hours * HOUR + minutes * MINUTE + seconds * SECOND + ms;
  }

  write(at: number): string {
    // The high bits of the product: instants come in steps of minutes, which have low bits in common.
    const place = Math.imul((at / SECOND) | 0, 0x9e3779b1) >>> (32 - PLACE_BITS);
    const written = this.#written;
    if (written.at[place] === at) return written.text[place] as string;
    if (!(Math.abs(at) <= MOST)) throw new RangeError(`${at} ms since 1970 is no instant.`);
    const whole = Math.trunc(at);
    const day = Math.floor(whole / DAY_MS);
    const ms = whole - day * DAY_MS;
    const ofMinute = ms % MINUTE;
    const [time, second] = [OF_DAY[(ms - ofMinute) / MINUTE], OF_MINUTE[Math.floor(ofMinute / SECOND)]];
    written.text[place] = `${this.#day(day)}${time}${second}${OF_SECOND[ofMinute % SECOND]}`;
    written.at[place] = at;
    return written.text[place];
  }

  /** With the year first: as many digits as it takes. */
  #day(day: number): string {
    const place = Math.abs(day) % PLACES;
    const days = this.#daysWritten;
    if (days.day[place] !== day) {
      days.text[place] = new Date(day * DAY_MS).toISOString().slice(0, -'T00:00:00.000Z'.length);
      days.day[place] = day;
    }
    return days.text[place] as string;
  }
}

/** At module level, because pure functions everywhere ask for instants. It only speeds up: no answer depends on it. */
const instants = new Instants();

/** Milliseconds since 1970, NaN for what is no instant: as Date.parse has it, which takes five times as long. */
export const instant = (iso: string): number => instants.read(iso);

/** ISO 8601 in UTC, as Date has it, which takes several times as long. @throws RangeError for what is no instant */
export const isoOf = (at: number): string => instants.write(at);
