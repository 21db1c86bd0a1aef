import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A real mail server on this machine, which keeps what it takes. */
export class Mailbox {
  readonly mails: { readonly to: readonly string[]; readonly text: string }[] = [];
  /** An address that it refuses for good, or for now. */
  refuses: { readonly address: string; readonly code: number } | undefined;
  /** Takes the address and says nothing more. */
  isSilent = false;
  private readonly server: SMTPServer;

  private constructor() {
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      logger: false,
      onRcptTo: ({ address }, _session, done) => {
        const { refuses } = this;
        if (this.isSilent) return;
        if (refuses?.address !== address) return done();
        done(Object.assign(new Error(`<${address}> is unknown`), { responseCode: refuses.code }));
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const to = session.envelope.rcptTo.map(({ address }) => address);
          this.mails.push({ to, text: Buffer.concat(chunks).toString() });
          done();
        });
      },
    });
  }

  static async start(): Promise<Mailbox> {
    const mailbox = new Mailbox();
    const listening = mailbox.server.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    return mailbox;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    return new Promise((stopped) => this.server.close(() => stopped()));
  }
}

/** A header of a mail, unfolded. */
export const headerOf = (mail: string, name: string): string | undefined =>
  new RegExp(`^${name}: (.*(?:\\r\\n[ \\t].*)*)`, 'im').exec(mail)?.[1]?.replace(/\r\n[ \t]/g, ' ');
