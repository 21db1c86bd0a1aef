import { readFileSync } from 'node:fs';
import type { Static } from 'typebox';
import { Webhook } from 'standardwebhooks';
import { parseDocument } from 'yaml';
import { errorText } from '../../event-sourcing/error-text.js';
import { stated } from '../../event-sourcing/stated.js';
import { CUSTOMER, type Destination } from '../../outbound/destination.js';
import { MESSAGES } from '../../outbound/words.js';
import { field } from '../../event-sourcing/schema.js';
import { Flag, OneOf, Optional, Part, Text, Whole } from '../../recovery/vocabulary/fields.js';
import { isEmail } from '../validation/formats.js';
import { mistakesOf } from '../validation/schema.js';

const Names = field<readonly string[]>({ type: 'array', items: Text(), minItems: 1, maxItems: 1_000 });
const Takes = field<readonly (typeof MESSAGES)[number][]>({ type: 'array', items: OneOf(MESSAGES), minItems: 1 });

/** A destination as it is written. Times are in seconds. */
const Written = Part({
  webhook: Optional(Text(2_000)),
  chat: Optional(Text(2_000)),
  /** An address, or `customer`. */
  email: Optional(Text(320)),
  secrets: Optional(field<readonly string[]>({ type: 'array', items: Text(500), maxItems: 2 })),
  allowPrivate: Optional(Flag),
  takes: Optional(Takes),
  people: Optional(Names),
  teams: Optional(Names),
  inFlight: Optional(Whole(1, 100)),
  perMinute: Optional(Whole(1, 1_000_000)),
  timeout: Optional(Whole(1, 60)),
  tries: Optional(Whole(1, 50)),
  firstWait: Optional(Whole(1, 3_600)),
  longestWait: Optional(Whole(1, 86_400)),
});
type Written = Static<typeof Written>;

const NAME = /^[a-z0-9][a-z0-9.-]{0,63}$/;

/** What a text of settings names, or every mistake in it, as sentences that repeat no secret. */
export interface ReadDestinations {
  readonly destinations: readonly Destination[];
  readonly mistakes: readonly string[];
}

/** Destinations by name, from a variable or the file that another names: YAML or JSON. `${NAME}` is that variable's text. */
export function readDestinations(env: NodeJS.ProcessEnv): ReadDestinations {
  const { AMENDS_DESTINATIONS: inline, AMENDS_DESTINATIONS_FILE: file } = env;
  if (inline && file)
    return none('AMENDS_DESTINATIONS and AMENDS_DESTINATIONS_FILE both name destinations. Leave one of them out');
  if (inline) return parsed(inline, 'AMENDS_DESTINATIONS', env);
  if (!file) return { destinations: [], mistakes: [] };
  try {
    return parsed(readFileSync(file, 'utf8'), file, env);
  } catch (error) {
    return none(`AMENDS_DESTINATIONS_FILE must name a file that can be read: ${errorText(error)}`);
  }
}

const none = (mistake: string): ReadDestinations => ({ destinations: [], mistakes: [mistake] });

function parsed(text: string, where: string, env: NodeJS.ProcessEnv): ReadDestinations {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) return none(`${where} is no YAML: ${error.message.split('\n')[0]?.replace(/:$/, '')}`);
  const content: unknown = document.toJS() ?? {};
  if (typeof content !== 'object' || Array.isArray(content))
    return none(
      `${where} must hold destinations by name, such as { crm: { webhook: "https://crm.example.org/hook" } }`,
    );
  const mistakes: string[] = [];
  const destinations = Object.entries(content as object).flatMap(([name, value]) => {
    const at = `${where}: ${name}`;
    const { filled, absent } = fillIn(value, env);
    const found = NAME.test(name) ? [] : [`${at} must be a name of small letters, digits, dots and hyphens`];
    found.push(...absent.map((variable) => `${at} needs the variable ${variable}, which is not set`));
    found.push(...shapeMistakes(filled).map((said) => `${at}${said}`));
    if (found.length === 0) found.push(...meaningMistakes(filled as Written, env).map((said) => `${at}${said}`));
    mistakes.push(...found);
    return found.length === 0 ? [asDestination(name, filled as Written, env)] : [];
  });
  return { destinations: mistakes.length === 0 ? destinations : [], mistakes };
}

const shapeMistakes = (value: unknown): readonly string[] =>
  mistakesOf(Written, value).map(({ field: at, message: said }) =>
    // What was written may be a secret.
    at === '' ? ' must be an object' : `.${at.replaceAll('/', '.')} ${said.replace(/, not .*$/s, '')}`,
  );

function meaningMistakes(
  written: Written,
  { SMTP_URL: server, SMTP_FROM: from }: NodeJS.ProcessEnv,
): readonly string[] {
  const { webhook, chat, email, secrets, allowPrivate = false } = written;
  const [way, ...others] = [webhook, chat, email].filter((one) => one !== undefined);
  if (way === undefined || others.length > 0)
    return [' needs one of webhook (an address), chat (an address) or email (an address, or customer)'];
  const found = webhook === undefined ? [] : addressMistakes('webhook', webhook, allowPrivate);
  if (chat !== undefined) found.push(...addressMistakes('chat', chat, allowPrivate));
  if (secrets !== undefined && webhook === undefined) found.push('.secrets belongs to a webhook');
  secrets?.forEach((secret, index) => {
    if (!isSecret(secret))
      found.push(`.secrets.${index} must be whsec_ and base64; make one with: echo whsec_$(openssl rand -base64 32)`);
  });
  if (email === undefined) return found;
  if (email !== CUSTOMER && !isEmail(email)) found.push('.email must be an address, or customer');
  if (!server) found.push(' needs SMTP_URL, such as smtp://user:password@mail.example.org:587');
  else if (!/^smtps?:\/\/[^\s/?]/.test(server)) found.push(' needs an SMTP_URL that begins with smtp:// or smtps://');
  if (!from) found.push(' needs SMTP_FROM, such as Care <care@example.org>');
  else if (!/^[^<>@\s]+@[^<>@\s]+$|<[^<>@\s]+@[^<>@\s]+>$/.test(from))
    found.push(' needs an SMTP_FROM such as Care <care@example.org>');
  return found;
}

function addressMistakes(way: string, text: string, allowPrivate: boolean): string[] {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    return [`.${way} must be an address such as https://crm.example.org/hook`];
  if (url.protocol === 'https:' || allowPrivate) return [];
  return [`.${way} must begin with https://; http:// is for private networks, with allowPrivate: true`];
}

const isSecret = (secret: string): boolean => {
  try {
    new Webhook(secret);
    return secret.startsWith('whsec_') && secret.length >= 30;
  } catch {
    return false; // it is no base64
  }
};

const asDestination = (name: string, written: Written, env: NodeJS.ProcessEnv): Destination => {
  const { takes, people, teams, perMinute } = written;
  const { inFlight = 4, timeout = 10, tries = 16, firstWait = 5, longestWait = 3_600 } = written;
  const limits = stated({
    ...{ name, takes, people, teams, inFlight, perMinute },
    timeoutMs: timeout * 1_000,
    patience: { tries, firstWaitMs: firstWait * 1_000, longestWaitMs: Math.max(firstWait, longestWait) * 1_000 },
  });
  const { webhook, chat, email, secrets = [], allowPrivate = false } = written;
  if (webhook !== undefined) return { ...limits, channel: 'webhook', url: webhook, secrets, allowPrivate };
  if (chat !== undefined) return { ...limits, channel: 'chat', url: chat, allowPrivate };
  const { SMTP_FROM: from = '', SMTP_URL: server = '' } = env;
  return { ...limits, channel: 'e-mail', to: email ?? '', from, server };
};

/** Puts variables in the place of their names, wherever text stands. */
function fillIn(
  value: unknown,
  env: NodeJS.ProcessEnv,
): { readonly filled: unknown; readonly absent: readonly string[] } {
  const absent: string[] = [];
  const fill = (one: unknown): unknown => {
    if (typeof one === 'string')
      return one.replace(/\$\{(\w+)\}/g, (_, name: string) => {
        if (!env[name]) absent.push(name);
        return env[name] ?? '';
      });
    if (Array.isArray(one)) return one.map(fill);
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(Object.entries(one).map(([name, inner]) => [name, fill(inner)]));
  };
  return { filled: fill(value), absent };
}
