import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { checkShape } from './check-shape.js';
import { meaningProblems } from './check-rule-set.js';
import { partsOf, type PathPart, type RuleProblem } from './rule-problem.js';
import type { RuleSet } from './rule-set.js';

/** A rule set without problems, or the problems. */
export type ParsedRuleSet =
  | { readonly ruleSet: RuleSet; readonly problems: readonly [] }
  | { readonly ruleSet?: undefined; readonly problems: readonly RuleProblem[] };

const MOST_CHARACTERS = 1_000_000;

/** Reads a rule set from YAML or JSON and checks it. Each problem has a line, a column, a path and a remedy. */
export function parseRuleSet(text: string): ParsedRuleSet {
  if (text.length > MOST_CHARACTERS) {
    const message = `A rule set has at most ${MOST_CHARACTERS} characters, not ${text.length}.`;
    return { problems: [{ path: '', message, remedy: 'Is it the right file?' }] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const broken = [...document.errors, ...document.warnings].map(({ message, pos }): RuleProblem => {
    const { line, col } = lines.linePos(pos[0]);
    return { path: '', line, column: col, message: `${message}.`, remedy: 'Correct the YAML or JSON there.' };
  });
  if (broken.length > 0) return { problems: broken };

  let content: unknown;
  try {
    content = document.toJS();
  } catch (error) {
    // An alias without its anchor, or so many aliases that they would fill the memory.
    if (!(error instanceof ReferenceError)) throw error;
    return { problems: [{ path: '', message: `${error.message}.`, remedy: 'Write it out instead.' }] };
  }
  if (isEndless(content)) {
    const message = 'An alias refers to a part that contains it, so the content has no end.';
    return { problems: [{ path: '', message, remedy: 'Write it out instead.' }] };
  }
  const shape = checkShape(content);
  const problems = 'problems' in shape ? shape.problems : meaningProblems(shape.ruleSet);
  if ('ruleSet' in shape && problems.length === 0) return { ruleSet: shape.ruleSet, problems: [] };
  return {
    problems: problems.map((problem) => {
      const { line, col } = lines.linePos(offsetOf(document, partsOf(problem.path)));
      return { ...problem, line, column: col };
    }),
  };
}

/** Whether a value contains itself. */
const isEndless = (value: unknown, within: readonly unknown[] = []): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (within.includes(value) || Object.values(value).some((inner) => isEndless(inner, [...within, value])));

/** The offset in the text of what a path names, or of its parent if it is missing. */
function offsetOf(document: Document, parts: readonly PathPart[]): number {
  let node: unknown = document.contents;
  let at = startOf(node) ?? 0;
  for (const part of parts) {
    const pair = isMap(node)
      ? node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(part))
      : undefined;
    const next = pair ? pair.value : isSeq(node) ? node.items[Number(part)] : undefined;
    if (next === undefined) return at;
    node = next;
    at = startOf(pair?.key) ?? startOf(node) ?? at;
  }
  return at;
}

const startOf = (node: unknown): number | undefined => (node as Node | null | undefined)?.range?.[0];
