import { MongoServerError } from 'mongodb';
import { isNotThere, type MongoConnection } from '../../mongodb/mongo-connection.js';
import type { Generations } from './generations.js';
import { collectionOf, shownTo, VIEW_PIPELINE, viewOf } from './schema.js';

const NAMESPACE_EXISTS = 48;
const COMMAND_NOT_FOUND = 59;

/**
 * Read models under names that stay, for analysts. They follow a switch one by one, so for a moment they are of two
 * builds; each document says of which it is.
 */
export class AnalystViews {
  constructor(
    private readonly connection: MongoConnection,
    private readonly generations: Generations,
  ) {}

  /** Makes them of the live build, and again where another went live meanwhile. */
  async follow(): Promise<void> {
    for (;;) {
      const { views, live } = await this.generations.viewed();
      if (live === null || views === live) return;
      const before = views === null ? [] : await this.namesOf(views);
      const shown = shownTo([...(await this.generations.shapesOf(live)).values()]);
      for (const { name } of shown) await this.point(viewOf(name), collectionOf(live, name));
      const kept = new Set(shown.map(({ name }) => viewOf(name)));
      for (const name of before) if (!kept.has(name)) await this.connection.drop(name);
      await this.generations.setViewed(live);
    }
  }

  /** The views of a build, if it was not released meanwhile. */
  private async namesOf(generation: number): Promise<readonly string[]> {
    const build = (await this.generations.all()).find(({ id }) => id === generation);
    return build ? shownTo(build.collections).map(({ name }) => viewOf(name)) : [];
  }

  /** In one step where it is there already and the server can. */
  private async point(view: string, viewOn: string): Promise<void> {
    const { database } = this.connection;
    const moved = await this.unless(
      (error) => isNotThere(error) || error.code === COMMAND_NOT_FOUND,
      () => database.command({ collMod: view, viewOn, pipeline: VIEW_PIPELINE }),
    );
    if (moved) return;
    await this.connection.drop(view);
    await this.unless(
      // By another process, which then follows the same switch.
      ({ code }) => code === NAMESPACE_EXISTS,
      () => database.createCollection(view, { viewOn, pipeline: VIEW_PIPELINE }),
    );
  }

  /** False where the server refused for a reason that is foreseen. */
  private async unless(
    foreseen: (error: MongoServerError) => boolean,
    question: () => Promise<unknown>,
  ): Promise<boolean> {
    try {
      await this.connection.ask(question);
      return true;
    } catch (error) {
      if (error instanceof MongoServerError && foreseen(error)) return false;
      throw error;
    }
  }
}
