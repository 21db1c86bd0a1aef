import { MongoServerError } from 'mongodb';
import { isNotThere, type MongoConnection } from '../../mongodb/mongo-connection.js';
import { viewOf } from '../refusals.js';
import type { Generations } from './generations.js';
import { collectionOf, shownTo, VIEW_PIPELINE } from './schema.js';

const NAMESPACE_EXISTS = 48;
const COMMAND_NOT_FOUND = 59;

/** Read models under lasting names, for analysts. During a switch they show two builds; each document names its own. */
export class AnalystViews {
  constructor(
    private readonly connection: MongoConnection,
    private readonly generations: Generations,
  ) {}

  /** Points the views to the live build, until it doesn't change meanwhile. */
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

  /** The views of a build; none if it was released meanwhile. */
  private async namesOf(generation: number): Promise<readonly string[]> {
    const build = (await this.generations.all()).find(({ id }) => id === generation);
    return build ? shownTo(build.collections).map(({ name }) => viewOf(name)) : [];
  }

  /** In one step if the view exists and the server can. */
  private async point(view: string, viewOn: string): Promise<void> {
    const { database } = this.connection;
    const moved = await this.unless(
      (error) => isNotThere(error) || error.code === COMMAND_NOT_FOUND,
      () => database.command({ collMod: view, viewOn, pipeline: VIEW_PIPELINE }),
    );
    if (moved) return;
    await this.connection.drop(view);
    await this.unless(
      // Another process, which follows the same switch, was faster.
      ({ code }) => code === NAMESPACE_EXISTS,
      () => database.createCollection(view, { viewOn, pipeline: VIEW_PIPELINE }),
    );
  }

  /** False if the server refused with an expected error. */
  private async unless(
    isExpected: (error: MongoServerError) => boolean,
    operation: () => Promise<unknown>,
  ): Promise<boolean> {
    try {
      await this.connection.run(operation);
      return true;
    } catch (error) {
      if (error instanceof MongoServerError && isExpected(error)) return false;
      throw error;
    }
  }
}
