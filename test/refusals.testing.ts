import ts from 'typescript';
import { nodesOf, sources, type Source } from './sources.testing.js';

/** A rule of the business, as it is refused. */
export interface Written {
  readonly code: string;
  /** What stands for a value is in italics. */
  readonly sentence: string;
  readonly file: string;
}

/** Of all rooms but the reactor, which refuses nobody but an operator who would retry it. */
export const refusals = (): readonly Written[] =>
  sources()
    .filter(({ file, text }) => !file.startsWith('apps/reactor/') && text.includes('refuse('))
    .flatMap(refusalsOf);

function refusalsOf(source: Source): readonly Written[] {
  const nodes = nodesOf(source);
  return nodes.filter(ts.isCallExpression).flatMap(({ expression, arguments: [code, because] }) => {
    if (expression.getText() !== 'refuse' || !because || !code || !ts.isStringLiteralLike(code)) return [];
    return sentencesOf(because, nodes).map((sentence) => ({ code: code.text, sentence, file: source.file }));
  });
}

/** Of a choice between sentences each of them; none where the sentence is another's. */
function sentencesOf(node: ts.Expression, nodes: readonly ts.Node[]): readonly string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node)) {
    let sentence = node.head.text;
    // What follows a full stop is a sentence of its own.
    for (const { expression, literal } of node.templateSpans)
      sentence += (sentence.endsWith('.') ? ' …' : valueOf(expression)) + literal.text;
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
