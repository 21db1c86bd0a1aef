/** A problem of a rule set, its place and its remedy. */
export interface RuleProblem {
  /** Such as targets[0].goals[1].within; empty for the rule set as a whole. */
  readonly path: string;
  /** In the text, counted from 1. */
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
  readonly remedy: string;
}

export type PathPart = string | number;

const PLAIN = /^[A-Za-z$_][\w$-]*$/;

/** Quotes names with odd characters, so that a path can be parsed. */
export const pathOf = (parts: readonly PathPart[]): string =>
  parts
    .map((part, i) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!PLAIN.test(part)) return `[${JSON.stringify(part)}]`;
      return i === 0 ? part : `.${part}`;
    })
    .join('');

const PART = /\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([^.[\]]+)/g;

export const partsOf = (path: string): readonly PathPart[] =>
  [...path.matchAll(PART)].map(([, index, quoted, name = '']) => {
    if (index !== undefined) return Number(index);
    return quoted === undefined ? name : String(JSON.parse(quoted));
  });

/** One line for people: place, problem, remedy. */
export const sayProblem = ({ path, line, column, message, remedy }: RuleProblem): string => {
  const where = line === undefined ? '' : `line ${line}${column === undefined ? '' : `, column ${column}`}: `;
  return `${where}${path === '' ? '' : `${path}: `}${message} ${remedy}`;
};
