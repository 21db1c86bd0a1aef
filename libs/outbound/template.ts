import { Liquid } from 'liquidjs';

/** What a message says, with variables. */
export interface Template {
  readonly subject?: string | undefined;
  readonly body: string;
}

export type Variables = Readonly<Record<string, string>>;

/** Renders templates as rules are checked for: an unknown variable or filter is an error, never a gap. */
export class Templates {
  private readonly engine = new Liquid({ strictFilters: true, strictVariables: true, templates: {}, cache: 500 });

  render({ subject = '', body }: Template, variables: Variables): { readonly subject: string; readonly text: string } {
    const text = (template: string): string => String(this.engine.parseAndRenderSync(template, variables)).trim();
    // A subject is one line: a line end in it would begin another header.
    return { subject: text(subject).replace(/\s+/g, ' '), text: text(body) };
  }
}
