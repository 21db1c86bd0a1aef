import { readFileSync } from 'node:fs';
import { Failure } from './failure.js';

const GZIP = 0x1f8b;
const MOST_BYTES = 4_000_000;

/** A small text file that a person wrote. @throws Failure */
export function readText(path: string, what: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') throw new Failure(`There is no ${what} ${path}. Check the path.`);
    if (code === 'EISDIR') throw new Failure(`${path} is a folder. Name the file of the ${what}.`);
    throw error;
  }
  if (bytes.length === 0) throw new Failure(`${path} is empty, and not a ${what}. Name another file.`);
  if (bytes.length > MOST_BYTES || (bytes.length > 1 && bytes.readUInt16BE() === GZIP)) {
    throw new Failure(
      `${path} is not a ${what}: it is ${bytes.length > MOST_BYTES ? 'too large' : 'an archive'}. Did you swap two arguments?`,
    );
  }
  return bytes.toString('utf8');
}
