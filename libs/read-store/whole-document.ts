import type { Document } from '../event-sourcing/projection.js';
import { ReadStoreDamaged } from './read-store.js';

/** Where a document is stored: the read model, and the file or the engine. */
export interface Stead {
  readonly readModel: string;
  readonly where: string;
}

/** @throws ReadStoreDamaged, naming the document, for text that is no document */
export function wholeDocument(text: string, id: string, { readModel, where }: Stead): Document {
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document === 'object' && document !== null) return document as Document;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new ReadStoreDamaged(`Document ${id} of read model ${readModel} is damaged: it is no longer JSON.`, where);
}
