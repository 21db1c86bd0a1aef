import { type Generation, type GenerationChoice, ReadStoreDamaged } from '../read-store.js';
import { Build, type BuildOptions } from './build.js';
import type { BuildFiles } from './build-files.js';
import type { Register } from './register.js';

/** The builds that this connection has open, each from its first use until its release, here or elsewhere. */
export class Builds {
  private readonly opened = new Map<number, Build>();

  constructor(
    private readonly register: Register,
    private readonly files: BuildFiles,
    private readonly options: BuildOptions,
  ) {}

  /** Makes a build in a new file, and first removes files that a crash left. */
  make(generation: Pick<Generation, 'id' | 'collections' | 'stamp'>): void {
    const { id } = generation;
    this.closeReleased();
    this.files.removeAllBut(new Set([...this.register.ids()].filter((one) => one !== id)));
    this.opened.set(id, Build.make(this.files.of(id), generation, this.options));
  }

  /** @throws NothingLive before the first switch, QueryRefused for an unknown build */
  of(choice: GenerationChoice): Build {
    for (;;) {
      const id = this.register.chosen(choice);
      const build = this.opened.get(id) ?? this.open(id);
      if (build) return build;
      // A release removes the register's entry before the file: then another build may be live by now.
      if (this.register.ids().has(id))
        throw new ReadStoreDamaged(`The file of build ${id} of the read models is missing.`, this.files.of(id));
    }
  }

  /** Removes the file of a released build. Other connections can read it until they close it. */
  remove(id: number): void {
    // Before closing, so that SQLite doesn't write the log back into a file that nobody reads.
    this.files.remove(id);
    this.close(id);
  }

  /** A removed file takes disk space until it is closed. */
  closeReleased(): void {
    const ids = this.register.ids();
    for (const id of [...this.opened.keys()]) if (!ids.has(id)) this.close(id);
  }

  closeAll(): void {
    for (const id of [...this.opened.keys()]) this.close(id);
  }

  /** Undefined if its file was removed. */
  private open(id: number): Build | undefined {
    this.closeReleased();
    const generation = this.register.find(id);
    if (!generation) return undefined;
    try {
      const build = Build.open(this.files.of(id), generation, this.options);
      this.opened.set(id, build);
      return build;
    } catch (error) {
      if (this.files.has(id)) throw error;
      return undefined;
    }
  }

  private close(id: number): void {
    this.opened.get(id)?.close();
    this.opened.delete(id);
  }
}
