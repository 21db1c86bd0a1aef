import type { Recorded } from '../../event-sourcing/event.js';

/** A history that contradicts itself is loud: nothing is folded past it. */
export class BrokenHistory extends Error {}

export const broken = ({ type, id, stream }: Recorded, why: string): BrokenHistory =>
  new BrokenHistory(`Broken history: ${type} (${id}) in ${stream} ${why}.`);
