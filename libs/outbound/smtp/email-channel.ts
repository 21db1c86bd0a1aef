import { createTransport, type Transporter } from 'nodemailer';
import { DeliveryFailed, type Channel, type Delivered, type Letter } from '../channel.js';
import type { EmailDestination } from '../destination.js';

/** Letters by e-mail. All about one case are one conversation. */
export class EmailChannel implements Channel {
  private readonly transport: Transporter;
  private readonly domain: string;

  constructor(private readonly destination: EmailDestination) {
    const { server, inFlight, timeoutMs, from } = destination;
    this.transport = createTransport(
      {
        url: server,
        pool: true,
        maxConnections: inFlight,
        connectionTimeout: timeoutMs,
        greetingTimeout: timeoutMs,
        socketTimeout: timeoutMs,
        disableFileAccess: true,
        disableUrlAccess: true,
      },
      { from },
    );
    this.domain = /@([^@>\s]+)>?\s*$/.exec(from)?.[1] ?? 'amends.invalid';
  }

  async send({ id, subject, text, to, thread }: Letter, signal: AbortSignal): Promise<Delivered> {
    try {
      const sent = this.transport.sendMail({
        to: to ?? this.destination.to,
        subject,
        text,
        html: asHtml(text),
        // The same on every try: a mail server or a reader that has it shows it once.
        messageId: this.idOf(id),
        ...(thread && this.conversation(thread)),
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
      // The server's answer may come too late to be waited for.
      await unlessStopped(signal, sent);
      return {};
    } catch (error) {
      throw asFailure(error);
    }
  }

  close(): void {
    this.transport.close();
  }

  /** Begins with an id of the case that no message has: so later ones are found even if the first was lost. */
  private conversation({ case: of, before }: NonNullable<Letter['thread']>) {
    const references = [`case.${of}`, ...before].map((id) => this.idOf(id));
    return { references, inReplyTo: references.at(-1) };
  }

  private idOf(id: string): string {
    return `<${id}@${this.domain}>`;
  }
}

/** The work, unless the signal comes first. @throws DeliveryFailed */
async function unlessStopped<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(new DeliveryFailed('Amends stopped before the mail server answered.'));
  signal.addEventListener('abort', stop);
  try {
    if (signal.aborted) stop();
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const asHtml = (text: string): string =>
  text
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '')
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${paragraph.replaceAll('\n', '<br>')}</p>`)
    .join('\n');

/** The server's sentence may repeat the address: only its code is kept. */
function asFailure(error: unknown): DeliveryFailed {
  if (error instanceof DeliveryFailed) return error;
  const { responseCode, code } = error as { readonly responseCode?: number; readonly code?: string };
  if (code === 'EAUTH') return new DeliveryFailed('The mail server does not accept the login of SMTP_URL.');
  if (responseCode !== undefined)
    return new DeliveryFailed(`The mail server answered ${responseCode}.`, { forGood: responseCode >= 500 });
  return new DeliveryFailed(`The mail server can't be reached: ${code ?? 'unknown'}.`);
}
