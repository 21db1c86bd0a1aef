import type { LookupFunction } from 'node:net';
import type { Channel, Delivered, Letter } from '../channel.js';
import type { ChatDestination } from '../destination.js';
import { Poster } from './post.js';

/** Letters into a chat, in the shape that the webhooks of Slack and Teams take. */
export class ChatChannel implements Channel {
  private readonly poster: Poster;

  constructor({ url, allowPrivate, timeoutMs, inFlight }: ChatDestination, resolve?: LookupFunction) {
    this.poster = new Poster({ url, allowPrivate, timeoutMs, inFlight, resolve });
  }

  send({ id, subject, text }: Letter, signal: AbortSignal): Promise<Delivered> {
    const words = subject === '' ? text : `*${subject}*\n${text}`;
    return this.poster.post(JSON.stringify({ text: escaped(words) }), { 'webhook-id': id }, signal);
  }

  close(): void {
    this.poster.close();
  }
}

/** So that no text becomes a link or a mention of everybody. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
