import ts from 'typescript';
import { nodesOf, type Source } from './sources.testing.js';

const LEAST = 3;

/** A list of words, or what reads as one, and where it stands. */
export interface Words {
  readonly file: string;
  readonly line: number;
  readonly words: readonly string[];
  /** Of a list of the vocabulary. */
  readonly name?: string;
}

/** The exported lists of the vocabulary: arrays of words as const. */
export const listsOf = (source: Source): readonly Words[] =>
  nodesOf(source)
    .filter(ts.isVariableDeclaration)
    .flatMap(({ name, initializer }) => {
      const words = initializer && ts.isAsExpression(initializer) ? wordsOf(initializer.expression) : undefined;
      return words && initializer ? [{ ...at(source, initializer), words, name: name.getText() }] : [];
    });

/** Lists of the vocabulary that a source writes again, whole or but for one word. */
export const copiesOf = (lists: readonly Words[], source: Source): readonly (Words & { readonly of: string })[] =>
  nodesOf(source).flatMap((node) => {
    const words = wordsOf(node);
    if (!words) return [];
    return lists
      .filter((list) => isCopy(words, list.words))
      .filter(({ file, line }) => file !== source.file || line !== at(source, node).line)
      .map(({ name = '' }) => ({ ...at(source, node), words, of: name }));
  });

function isCopy(words: readonly string[], list: readonly string[]): boolean {
  const same = list.filter((word) => words.includes(word)).length;
  return same >= LEAST && same >= list.length - 1 && same === words.length;
}

/** An array of words, a union of their types, or the names of an object. */
function wordsOf(node: ts.Node): readonly string[] | undefined {
  if (ts.isArrayLiteralExpression(node)) return allWords(node.elements);
  if (ts.isUnionTypeNode(node))
    return allWords(node.types.map((type) => (ts.isLiteralTypeNode(type) ? type.literal : type)));
  if (ts.isObjectLiteralExpression(node))
    return node.properties.flatMap(({ name }) =>
      name && (ts.isIdentifier(name) || ts.isStringLiteralLike(name)) ? [name.text] : [],
    );
  return undefined;
}

/** What is no word, such as null, is left out. */
function allWords(nodes: readonly ts.Node[]): readonly string[] | undefined {
  const words = nodes.filter(ts.isStringLiteralLike).map(({ text }) => text);
  return words.length === 0 ? undefined : words;
}

function at({ file }: Source, node: ts.Node): Pick<Words, 'file' | 'line'> {
  const { line } = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart());
  return { file, line: line + 1 };
}
