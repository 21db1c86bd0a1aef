import { LineCounter, parseDocument, type Node } from 'yaml';

/** A mistake in a file. Line and column count from 1. */
export interface Mistake {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface Placed {
  readonly value: unknown;
  /** The mistake with the line of the node at the path, or of the nearest one above it. */
  at(path: readonly (string | number)[], message: string): Mistake;
}

/** Parses YAML or JSON into plain values and their places; or returns the syntax errors. */
export function parsePlaced(text: string): Placed | readonly Mistake[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const place = (offset: number, path: string, message: string): Mistake => {
    const { line, col } = lines.linePos(offset);
    return { path, line, column: col, message };
  };
  if (document.errors.length > 0) {
    return document.errors.map(({ pos, message }) => place(pos[0], '', message.split('\n')[0] ?? message));
  }
  return {
    value: document.toJS() as unknown,
    at(path, message) {
      for (let depth = path.length; depth >= 0; depth--) {
        const node = (depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true)) as
          Node | null | undefined;
        if (node?.range) return place(node.range[0], path.join('.'), message);
      }
      return place(0, path.join('.'), message);
    },
  };
}

/** All mistakes of a mapping file. */
export class MappingRefused extends Error {
  constructor(
    readonly file: string,
    readonly mistakes: readonly Mistake[],
  ) {
    super(
      [
        `${file} can't be used as a mapping:`,
        ...mistakes.map(({ line, path, message }) => `  line ${line}${path ? `, ${path}` : ''}: ${message}`),
      ].join('\n'),
    );
    this.name = 'MappingRefused';
  }
}
