import { never } from '../../event-sourcing/decider.js';
import type { Channel } from '../../outbound/channel.js';
import type { Destination } from '../../outbound/destination.js';
import { EmailChannel } from '../../outbound/smtp/email-channel.js';
import { ChatChannel } from '../../outbound/webhook/chat-channel.js';
import { WebhookChannel } from '../../outbound/webhook/webhook-channel.js';

/** What takes messages to a destination. */
export const channelTo = (destination: Destination, now: () => string): Channel => {
  switch (destination.channel) {
    case 'webhook':
      return new WebhookChannel(destination, now);
    case 'chat':
      return new ChatChannel(destination);
    case 'e-mail':
      return new EmailChannel(destination);
    default:
      return never(destination);
  }
};
