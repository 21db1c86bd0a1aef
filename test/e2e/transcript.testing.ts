/** A command that a document shows, and the lines under it. */
export interface Shown {
  readonly command: string;
  readonly lines: readonly string[];
}

/** The commands of the fenced blocks in which lines begin with `$ `, in their order. */
export function transcriptOf(markdown: string): readonly Shown[] {
  const blocks = [...markdown.matchAll(/^```\n(\$ .*?)^```$/gms)].map(([, block = '']) => block);
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((shown) => {
        const [command = '', ...lines] = shown.trimEnd().split('\n');
        return { command: command.replace(/\s+#.*$/, ''), lines };
      }),
  );
}

/** What differs from run to run and machine to machine: how long it took, time zone data, what a new key signed. */
const VARYING: readonly (readonly [shown: RegExp, pattern: string])[] = [
  [/in \d+\\\.\d+ s$/, 'in \\d+\\.\\d+ s'],
  [/zones \d{4}[a-z]/, 'zones \\d{4}[a-z]'],
  [/"anchor":"(\d+):[0-9a-f]+\\\.\\\.\\\."/, '"anchor":"$1:[0-9a-f]+"'],
];

/** What is printed, where any of it is shown: three dots are the rest of a word, or by themselves on a line any lines. */
export function patternOf(lines: readonly string[]): RegExp {
  const patterns = lines.map((line) => {
    if (line.trim() === '...') return '(?:.*\\n)*?';
    const literal = line.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    const varying = VARYING.reduce((text, [shown, pattern]) => text.replace(shown, pattern), literal);
    return `${varying.replaceAll('\\.\\.\\.', '[\\w-]*')}\\n`;
  });
  return new RegExp(lines.length === 0 ? '' : `^${patterns.join('')}$`);
}
