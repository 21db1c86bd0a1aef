import type { Recorded } from '../../event-sourcing/event.js';

/** A history that contradicts itself is loud: nothing is folded past it. */
export const broken = ({ type, id, stream }: Recorded, why: string): Error =>
  new Error(`Broken history: ${type} (${id}) in ${stream} ${why}.`);
