const QUOTE = 0x22;
const ZERO = 0x30;
const ODD = -1;

/** By character: 1 where it stands for itself in JSON. One look is cheaper than a comparison for each that does not. */
const PLAIN = new Uint8Array(0x10000).fill(1, 0x20, 0x7f);
for (const character of '"\\') PLAIN[character.charCodeAt(0)] = 0;

/** Text that was encoded once, to be written often: four bytes at a time. */
export interface Encoded {
  readonly words: Int32Array;
  readonly bytes: number;
}

export function encoded(text: string): Encoded {
  const bytes = Buffer.from(text);
  const words = new Int32Array(Math.ceil(bytes.length / 4));
  bytes.copy(new Uint8Array(words.buffer));
  return { words, bytes: bytes.length };
}

/**
 * A buffer that text is written to, and that grows. Byte by byte, and not by functions of the platform: what is
 * written is short, and a call costs more than it. Where whole words are written, up to three bytes beyond the end
 * are too, for what follows to take their place.
 */
export class Utf8Writer {
  #bytes = Buffer.allocUnsafeSlow(64 * 1024);
  #view = new DataView(this.#bytes.buffer);
  #end = 0;
  #cleared = 0;

  /** How many bytes were written since it was last cleared. */
  get length(): number {
    return this.#end;
  }

  /** How often it was cleared: what was known of where something stands holds no longer. */
  get cleared(): number {
    return this.#cleared;
  }

  /** What was written since the last time: to be read before more is, which takes its place. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#end);
    this.#end = 0;
    this.#cleared++;
    return taken;
  }

  byte(byte: number): void {
    this.#room(1);
    this.#bytes[this.#end++] = byte;
  }

  /** In the place of a byte that was written. */
  replace(at: number, byte: number): void {
    this.#bytes[at] = byte;
  }

  /** Of characters that stand for themselves. */
  plain(text: string): void {
    this.#room(text.length);
    this.#end = plain(text, this.#bytes, this.#end);
  }

  /** As a JSON string. */
  quoted(text: string): void {
    this.#room(text.length + 2);
    const end = quoted(text, this.#bytes, this.#end);
    if (end === ODD) this.#escaped(text);
    else this.#end = end;
  }

  /** As JSON has it: what is no number is null. */
  number(value: number): void {
    if (!(value >= 0 && value < 1e9 && Number.isInteger(value)))
      return this.plain(Number.isFinite(value) ? String(value) : 'null');
    let digits = 1;
    for (let power = 10; power <= value; power *= 10) digits++;
    this.#room(digits);
    let at = (this.#end += digits);
    let left = value | 0;
    do {
      const rest = (left / 10) | 0;
      this.#bytes[--at] = ZERO + left - 10 * rest;
      left = rest;
    } while (left > 0);
  }

  encoded({ words, bytes }: Encoded): void {
    this.#room(bytes + 3);
    let end = this.#end;
    for (let i = 0; i < words.length; i++, end += 4) this.#view.setInt32(end, words[i] as number, true);
    this.#end += bytes;
  }

  /** What stands from one place to another of this or another. */
  copy(source: Utf8Writer, from: number, to: number): void {
    this.#room(to - from + 7);
    source.#room(7);
    const [view, read] = [this.#view, source.#view];
    let end = this.#end;
    for (let at = from; at < to; at += 8, end += 8) view.setBigInt64(end, read.getBigInt64(at, true), true);
    this.#end += to - from;
  }

  #escaped(text: string): void {
    const quoted = JSON.stringify(text);
    this.#room(Buffer.byteLength(quoted));
    this.#end += this.#bytes.write(quoted, this.#end);
  }

  #room(more: number): void {
    if (this.#end + more <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(2 * this.#bytes.length, this.#end + more));
    this.#bytes.copy(grown, 0, 0, this.#end);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

// These loops know nothing of the writer: read in them, its fields were seen to make them take twice as long.

function plain(text: string, bytes: Uint8Array, at: number): number {
  let end = at;
  for (let i = 0; i < text.length; i++) bytes[end++] = text.charCodeAt(i);
  return end;
}

/** Where it ends; ODD where a character needs to be escaped. */
function quoted(text: string, bytes: Uint8Array, at: number): number {
  let end = at;
  bytes[end++] = QUOTE;
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (PLAIN[character] === 0) return ODD;
    bytes[end++] = character;
  }
  bytes[end++] = QUOTE;
  return end;
}
