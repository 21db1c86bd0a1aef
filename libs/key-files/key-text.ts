import { readFileSync } from 'node:fs';

/** A key file's text. @throws Refused, in words, where it can't be read */
export function keyText(path: string, Refused: new (message: string, options: ErrorOptions) => Error): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).message;
    throw new Refused(`${path} can't be read (${why}). Give this user the right to read it, or put the key back.`, {
      cause: error,
    });
  }
}
