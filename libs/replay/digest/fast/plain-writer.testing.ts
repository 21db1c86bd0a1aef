/** What a writer says, as text. */
export class PlainWriter {
  #text = '';

  byte(byte: number): void {
    this.#text += String.fromCharCode(byte);
  }

  plain(text: string): void {
    this.#text += text;
  }

  quoted(text: string): void {
    this.#text += JSON.stringify(text);
  }

  number(value: number): void {
    this.#text += JSON.stringify(value);
  }

  take(): string {
    const taken = this.#text;
    this.#text = '';
    return taken;
  }
}
