import type { Channel } from '../../outbound/channel.js';
import type { Destination } from '../../outbound/destination.js';
import { WebhookChannel } from '../../outbound/webhook/webhook-channel.js';

/** What takes messages to a destination. */
export const channelTo = (destination: Destination, now: () => string): Channel => new WebhookChannel(destination, now);
