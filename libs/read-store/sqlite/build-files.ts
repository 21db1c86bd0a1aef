import { existsSync, lstatSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, parse } from 'node:path';

/** What SQLite keeps beside a file of its own. */
const SUFFIXES = ['', '-wal', '-shm', '-journal'];

/**
 * Where builds lie: each in a file of its own beside the register. Beside `read.db` are `read-7.db`, and
 * `read-live.db`, which leads to the live one for whoever asks by SQL.
 */
export class BuildFiles {
  private readonly folder: string;
  private readonly name: string;
  private readonly extension: string;

  /** @param register its path, or ':memory:': then builds lie in memory, too. */
  constructor(private readonly register: string) {
    const { dir, name, ext } = parse(register);
    [this.folder, this.name, this.extension] = [dir, name, ext];
  }

  of(build: number): string {
    return this.register === ':memory:' ? this.register : this.beside(String(build));
  }

  has(build: number): boolean {
    return existsSync(this.of(build));
  }

  remove(build: number): void {
    if (this.register === ':memory:') return;
    for (const suffix of SUFFIXES) rmSync(this.of(build) + suffix, { force: true });
  }

  /** What ended between its file and the register left behind. */
  removeAllBut(kept: ReadonlySet<number>): void {
    if (this.register === ':memory:') return;
    for (const build of this.present()) if (!kept.has(build)) this.remove(build);
  }

  /** The link is put in its place whole: there is no moment without one. */
  lead(live: number | undefined): void {
    if (this.register === ':memory:') return;
    const link = this.beside('live');
    const target = live === undefined ? undefined : basename(this.of(live));
    if (target === undefined) rmSync(link, { force: true });
    else if (!leadsTo(link, target)) {
      const next = `${link}.new`;
      rmSync(next, { force: true });
      symlinkSync(target, next);
      renameSync(next, link);
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

  private beside(what: string): string {
    return join(this.folder, `${this.name}-${what}${this.extension}`);
  }
}

/** Removes a read store whole; it is built again from history. Nobody may have it open. */
export function removeReadStore(path: string): void {
  const files = new BuildFiles(path);
  if (existsSync(dirname(path))) files.removeAllBut(new Set());
  files.lead(undefined);
  for (const suffix of SUFFIXES) rmSync(path + suffix, { force: true });
}

const leadsTo = (link: string, target: string): boolean =>
  lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === true && readlinkSync(link) === target;
