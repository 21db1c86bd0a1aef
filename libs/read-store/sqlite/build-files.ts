import { existsSync, lstatSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, parse } from 'node:path';
import { errorText } from '../../event-sourcing/error-text.js';
import { ReadStoreUnavailable } from '../read-store.js';

/** The database and SQLite's own files next to it. */
const SUFFIXES = ['', '-wal', '-shm', '-journal'];

/** The builds' files. Next to the register `read.db`: `read-7.db`, and for SQL a link `read-live.db`. */
export class BuildFiles {
  private readonly folder: string;
  private readonly name: string;
  private readonly extension: string;

  /** @param register its path, or ':memory:' for all in memory */
  constructor(private readonly register: string) {
    const { dir, name, ext } = parse(register);
    [this.folder, this.name, this.extension] = [dir, name, ext];
  }

  of(build: number): string {
    return this.register === ':memory:' ? this.register : this.fileOf(String(build));
  }

  has(build: number): boolean {
    return existsSync(this.of(build));
  }

  remove(build: number): void {
    if (this.register === ':memory:') return;
    for (const suffix of SUFFIXES) rmSync(this.of(build) + suffix, { force: true });
  }

  /** Removes files that a crash left out of the register. */
  removeAllBut(kept: ReadonlySet<number>): void {
    if (this.register === ':memory:') return;
    for (const build of this.present()) if (!kept.has(build)) this.remove(build);
  }

  /** Replaces the link atomically. */
  linkTo(live: number | undefined): void {
    if (this.register === ':memory:') return;
    const link = this.fileOf('live');
    const target = live === undefined ? undefined : basename(this.of(live));
    if (target === undefined) rmSync(link, { force: true });
    else if (!isLinkTo(link, target)) {
      const next = `${link}.new`;
      rmSync(next, { force: true });
      symlinkSync(target, next);
      replace(link, next);
    }
  }

  private present(): ReadonlySet<number> {
    const names = SUFFIXES.flatMap((suffix) => {
      const end = this.extension + suffix;
      return readdirSync(this.folder === '' ? '.' : this.folder)
        .filter((file) => file.startsWith(`${this.name}-`) && file.endsWith(end))
        .map((file) => file.slice(this.name.length + 1, file.length - end.length));
    });
    return new Set(names.filter((name) => /^[1-9]\d*$/.test(name)).map(Number));
  }

  private fileOf(what: string): string {
    return join(this.folder, `${this.name}-${what}${this.extension}`);
  }
}

/** Removes a whole read store, which Amends rebuilds from history. Nobody may have it open. */
export function removeReadStore(path: string): void {
  const files = new BuildFiles(path);
  if (existsSync(dirname(path))) files.removeAllBut(new Set());
  files.linkTo(undefined);
  for (const suffix of SUFFIXES) rmSync(path + suffix, { force: true });
}

/** @throws ReadStoreUnavailable where something else than a file is in the link's place */
function replace(link: string, next: string): void {
  try {
    renameSync(next, link);
  } catch (error) {
    rmSync(next, { force: true });
    const why = `${link}, which leads analysts to the live build, can't be replaced (${errorText(error)}).`;
    throw new ReadStoreUnavailable(`${why} Move away what is there, then start again.`, { cause: error });
  }
}

const isLinkTo = (link: string, target: string): boolean =>
  lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === true && readlinkSync(link) === target;
