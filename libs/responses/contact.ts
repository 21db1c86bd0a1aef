import type { Static } from 'typebox';
import type { Commands, Done } from '../commands/commands.js';
import { refuse, type Refusal } from '../event-sourcing/decider.js';
import type { Actor } from '../event-sourcing/event.js';
import { stated } from '../event-sourcing/stated.js';
import { Email, Language, Optional, Part, Text, Zone } from '../recovery/vocabulary/fields.js';
import type { PersonalData } from '../vault/personal-data.js';
import { CustomerIsForgotten } from '../vault/vault-errors.js';

/** How to reach a customer. What is left out stays as it is known. */
export const Contact = Part({
  name: Optional(Text(200)),
  email: Optional(Email),
  phone: Optional(Text(50)),
  language: Optional(Language),
  zone: Optional(Zone),
});
export type Contact = Static<typeof Contact>;

interface Recording {
  readonly customer: string;
  readonly contact: Contact;
  /** When that was so, UTC with milliseconds. What is known of later stays. */
  readonly asOf: string;
  readonly actor: Actor;
  readonly commandId: string;
  readonly programme: string;
}

/** Keeps a customer's contact data in the vault, and records in history that there is some. */
export async function recordContact(
  { personal, commands }: { readonly personal: PersonalData; readonly commands: Commands },
  { customer, contact, asOf, actor, commandId, programme }: Recording,
): Promise<Done | Refusal> {
  try {
    const entry = await personal.putContact(customer, { contact: stated(contact), asOf });
    const command = { type: 'RecordContact', customer, entry } as const;
    return await commands.execute({
      aggregate: 'customer',
      id: customer,
      customer,
      actor,
      commandId,
      programme,
      command,
    });
  } catch (error) {
    if (error instanceof CustomerIsForgotten) return refuse('customer-forgotten', error.message, 'Leave them out.');
    throw error;
  }
}
