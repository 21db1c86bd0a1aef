import ts from 'typescript';
import { nodesOf, sources, type Source } from './sources.testing.js';

/** A rule of the business, as it is refused. */
export interface Written {
  readonly code: string;
  /** What stands for a value is in italics. */
  readonly sentence: string;
  /** What would be accepted instead, or by whom. */
  readonly wayOut: readonly string[];
  /** The types of the commands that do it. */
  readonly through: readonly string[];
  readonly file: string;
}

/** Of all rooms but the reactor, which refuses nobody but an operator who would retry it. */
export const refusals = (): readonly Written[] =>
  sources()
    .filter(({ file, text }) => !file.startsWith('apps/reactor/') && text.includes('refuse('))
    .flatMap(refusalsOf);

function refusalsOf(source: Source): readonly Written[] {
  const nodes = nodesOf(source);
  return nodes.filter(ts.isCallExpression).flatMap(({ expression, arguments: [code, what, way] }) => {
    if (expression.getText() !== 'refuse' || !what || !code || !ts.isStringLiteralLike(code)) return [];
    const [says, by] = partsOf(way);
    const wayOut = says ? sentencesOf(says, nodes) : [];
    const through = by ? commandsIn(by) : [];
    // Where what stands against it is another's sentence, such as an error's, it stands for itself.
    const sentences = sentencesOf(what, nodes);
    return (sentences.length > 0 ? sentences : ['…']).map((sentence) => {
      return { code: code.text, sentence, wayOut, through, file: source.file };
    });
  });
}

/** A way out is a sentence, or `through(sentence, commands)`. */
function partsOf(way: ts.Expression | undefined): readonly (ts.Expression | undefined)[] {
  return way && ts.isCallExpression(way) && way.expression.getText() === 'through' ? way.arguments : [way];
}

const commandsIn = (by: ts.Expression): readonly string[] =>
  (ts.isArrayLiteralExpression(by) ? by.elements : [by]).flatMap((one) =>
    ts.isStringLiteralLike(one) ? [one.text] : [],
  );

/** Of a choice between sentences each of them; none where the sentence is another's. */
function sentencesOf(node: ts.Expression, nodes: readonly ts.Node[]): readonly string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node)) {
    let sentence = node.head.text;
    // What follows a full stop is a sentence of its own.
    for (const { expression, literal } of node.templateSpans)
      sentence +=
        (constantOf(expression, nodes) ?? (sentence.endsWith('.') ? ' …' : valueOf(expression))) + literal.text;
    return [sentence];
  }
  if (ts.isConditionalExpression(node))
    return [node.whenTrue, node.whenFalse].flatMap((one) => sentencesOf(one, nodes));
  if (ts.isParenthesizedExpression(node)) return sentencesOf(node.expression, nodes);
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken)
    return sentencesOf(node.left, nodes).flatMap((one) => sentencesOf(node.right, nodes).map((other) => one + other));
  if (!ts.isIdentifier(node)) return [];
  const named = nodes.filter(ts.isVariableDeclaration).find(({ name }) => name.getText() === node.text);
  return named?.initializer ? sentencesOf(named.initializer, nodes) : [];
}

/** The words of a constant of this file. */
function constantOf(node: ts.Expression, nodes: readonly ts.Node[]): string | undefined {
  if (!ts.isIdentifier(node)) return undefined;
  const named = nodes.filter(ts.isVariableDeclaration).find(({ name }) => name.getText() === node.text);
  return named?.initializer && ts.isStringLiteralLike(named.initializer) ? named.initializer.text : undefined;
}

/** How a value is named to a reader: `facts.waitingOn` is *waiting on*, `member.id` is *member*. */
function valueOf(node: ts.Expression): string {
  if (ts.isBinaryExpression(node)) return valueOf(node.left);
  // `cause.join(' > ')` is *cause*, `short(digest)` is *digest*.
  if (ts.isCallExpression(node)) {
    const { expression: called, arguments: args } = node;
    const of = ts.isPropertyAccessExpression(called) && called.name.text === 'join' ? called.expression : args[0];
    return of ? valueOf(of) : '…';
  }
  if (ts.isPropertyAccessExpression(node))
    return node.name.text === 'id' ? valueOf(node.expression) : inWords(node.name.text);
  return ts.isIdentifier(node) ? inWords(node.text) : '…';
}

const inWords = (name: string): string => `*${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}*`;
