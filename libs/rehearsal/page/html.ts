/** Markup that needs no escaping. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | string | number | null | undefined | readonly Part[];

const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const shown = (part: Part): string => {
  if (part === null || part === undefined) return '';
  if (part instanceof Html) return part.text;
  if (Array.isArray(part)) return (part as readonly Part[]).map(shown).join('');
  if (typeof part === 'number') return part.toLocaleString('en-US');
  return String(part).replaceAll(/[&<>"']/g, (sign) => ESCAPED[sign] ?? sign);
};

/** Escapes every part that is not Html, so that texts of customers and files can't become markup. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(strings.reduce((page, text, i) => page + text + shown(parts[i]), ''));

/** A table with columns of text, then columns of figures. */
export const table = (
  caption: string,
  texts: readonly string[],
  figures: readonly string[],
  rows: readonly (readonly Part[])[],
): Html => {
  const align = (i: number): Html => new Html(i >= texts.length ? ' class="n"' : '');
  return html`<div class="wide">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${[...texts, ...figures].map((name, i) => html`<th scope="col" ${align(i)}>${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (cells) =>
            html`<tr>
              ${cells.map((cell, i) => html`<td${align(i)}>${cell}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
};
