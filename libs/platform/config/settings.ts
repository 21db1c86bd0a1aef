export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads an environment variable by variable, and collects what is wrong with them. */
export class Settings {
  readonly mistakes: string[] = [];

  constructor(private readonly env: Environment) {}

  /** An empty variable counts as none. */
  text(name: string): string | undefined {
    const value = this.env[name];
    return value === undefined || value === '' ? undefined : value;
  }

  whole<T extends number | undefined>(name: string, least: number, most: number, absent: T): number | T {
    const value = this.text(name);
    if (value === undefined) return absent;
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= least && number <= most) return number;
    this.mistakes.push(`${name} must be a whole number from ${least} to ${most}, not "${value}"`);
    return absent;
  }

  one<T extends string>(name: string, choices: readonly T[], absent: T): T {
    const value = this.text(name);
    if (value === undefined) return absent;
    const choice = choices.find((each) => each === value);
    if (choice === undefined) this.mistakes.push(`${name} must be one of ${choices.join(', ')}, not "${value}"`);
    return choice ?? absent;
  }

  /** A key's value is a secret: the sentence never repeats it. */
  key(name: string): string | undefined {
    const value = this.text(name);
    if (value !== undefined && Buffer.from(value, 'base64').length !== 32)
      this.mistakes.push(`${name} must be 32 bytes in base64; make one with: openssl rand -base64 32`);
    return value;
  }

  pem(name: string): string | undefined {
    const value = this.text(name)?.replaceAll('\\n', '\n');
    if (value !== undefined && !value.includes('PRIVATE KEY'))
      this.mistakes.push(
        `${name} must be a private key in PEM form; make one with: openssl genpkey -algorithm ed25519`,
      );
    return value;
  }
}
