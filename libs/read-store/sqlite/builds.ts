import type { CollectionShape, GenerationChoice } from '../read-store.js';
import { Build, type BuildOptions } from './build.js';
import type { BuildFiles } from './build-files.js';
import type { Register } from './register.js';

/** The builds that this connection has open: each from when it is first asked until it is released, here or elsewhere. */
export class Builds {
  private readonly opened = new Map<number, Build>();

  constructor(
    private readonly register: Register,
    private readonly files: BuildFiles,
    private readonly options: BuildOptions,
  ) {}

  /** In a new file. What a crash left under its name, or others', goes first: the register knows nothing of it. */
  make(id: number, collections: readonly CollectionShape[]): void {
    this.letGoOfReleased();
    this.files.removeAllBut(new Set([...this.register.ids()].filter((one) => one !== id)));
    this.opened.set(id, Build.make(this.files.of(id), { id, collections }, this.options));
  }

  /** @throws NothingLive before the first switch, QueryRefused where there is no such build. */
  of(choice: GenerationChoice): Build {
    for (;;) {
      const id = this.register.chosen(choice);
      const build = this.opened.get(id) ?? this.open(id);
      if (build) return build;
      // A build leaves the register before its file goes: gone from both, another one may be live by now.
      if (this.register.ids().has(id))
        throw new Error(`${this.files.of(id)} is missing. Start Amends again: it is built again from history.`);
    }
  }

  /** Of a build that the register knows no more. Whoever has it open elsewhere reads on until it is closed there. */
  remove(id: number): void {
    // Removed first: closed first, its log would be written back into a file that nobody will read.
    this.files.remove(id);
    this.close(id);
  }

  /** An open file takes its room on the disk, though it was removed elsewhere. */
  letGoOfReleased(): void {
    const ids = this.register.ids();
    for (const id of [...this.opened.keys()]) if (!ids.has(id)) this.close(id);
  }

  closeAll(): void {
    for (const id of [...this.opened.keys()]) this.close(id);
  }

  /** Undefined where its file is gone. */
  private open(id: number): Build | undefined {
    this.letGoOfReleased();
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
