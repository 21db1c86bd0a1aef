/** What never changes, made when it is first asked for. Only speeds up: it is the same whenever it is made. */
export class MadeOnce<T> {
  #made: { readonly value: T } | undefined;

  constructor(private readonly make: () => T) {}

  get(): T {
    return (this.#made ??= { value: this.make() }).value;
  }
}
