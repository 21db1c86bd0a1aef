import 'reflect-metadata';

const EXAMPLE = 'amends:example';

/** What a message may look like: shown in the documentation of the API, and held to the message by a test. */
export const Example = (example: object): ClassDecorator => Reflect.metadata(EXAMPLE, example);

/** A message's own: one that inherits its fields has an example of its own, or none. */
export const exampleOf = (message: new () => object): object | undefined =>
  Reflect.getOwnMetadata(EXAMPLE, message) as object | undefined;
