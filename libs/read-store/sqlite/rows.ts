import type { Document, FieldType } from '../../event-sourcing/projection.js';
import { declaredTypes } from '../declared-types.js';
import { type CollectionShape, type Flush, ReadStoreDamaged, type StoredDocument } from '../read-store.js';
import { wholeDocument } from '../whole-document.js';
import { columnOf, columnValue, type SqlValue, unbound } from './columns.js';

type Write = Flush['writes'][number];

/** The values of a row, in the order of `columns`. */
export type Row = readonly unknown[];

export const ID = 0;
export const POSITION = 2;
const OWN = ['id', 'shard', 'position', 'absent', 'rest'];
const [SHARD, ABSENT, REST] = [1, 3, 4];

/**
 * A document as a row, in which nothing stands twice: each declared field in its column, what is not declared in `rest`
 * as JSON, and in `absent` the places of declared fields that the document lacks, which is not the same as null.
 */
export class Rows {
  readonly columns: readonly string[];
  private readonly fields: readonly (readonly [name: string, type: FieldType])[];
  private readonly declared: ReadonlySet<string>;
  private readonly refuseOtherTypes: ReturnType<typeof declaredTypes>;

  constructor(
    private readonly shape: CollectionShape,
    /** The file, for what is said of damage. */
    private readonly path = '',
  ) {
    this.fields = Object.entries(shape.fields);
    this.declared = new Set(Object.keys(shape.fields));
    this.columns = [...OWN, ...this.fields.map(([name]) => columnOf(name))];
    this.refuseOtherTypes = declaredTypes(shape);
  }

  /** For binding. @throws TypeError for a wrong type */
  valuesOf({ id, shard, position }: Write, document: Document): SqlValue[] {
    this.refuseOtherTypes(id, document);
    const values: SqlValue[] = [id, shard, position, null, null];
    const absent: number[] = [];
    const rest: [string, unknown][] = [];
    for (let at = 0; at < this.fields.length; at++) {
      const name = this.fields[at]?.[0] ?? '';
      const value = document[name];
      values.push(columnValue(value));
      if (value === undefined) absent.push(at);
      // SQLite holds well-formed text alone.
      else if (typeof value === 'string' && !value.isWellFormed()) rest.push([name, value]);
    }
    for (const name of Object.keys(document)) if (!this.declared.has(name)) rest.push([name, document[name]]);
    if (absent.length > 0) values[ABSENT] = absent.join(',');
    if (rest.length > 0) values[REST] = JSON.stringify(Object.fromEntries(rest));
    return values;
  }

  idOf(row: Row): string {
    return String(row[ID]);
  }

  /** A column's value, of a declared field or of the id. */
  valueOf(row: Row, field: string): unknown {
    return row[this.columns.indexOf(columnOf(field))];
  }

  /** @throws ReadStoreDamaged */
  documentOf(row: Row): Document {
    const absent = row[ABSENT] === null ? undefined : new Set(String(row[ABSENT]).split(','));
    const document: Record<string, unknown> = {};
    for (let at = 0; at < this.fields.length; at++) {
      const field = this.fields[at];
      if (field === undefined || absent?.has(String(at))) continue;
      const value = row[OWN.length + at];
      const isList = field[1] === 'strings' && value !== null;
      document[field[0]] = isList ? this.parsed(row, value) : unbound(value, field[1]);
    }
    // Not by assignment: a document may have any names.
    return row[REST] === null ? document : { ...document, ...this.parsed(row, row[REST]) };
  }

  /** @throws ReadStoreDamaged */
  storedOf(row: Row): StoredDocument {
    const [id, shard, position] = [row[ID], row[SHARD], row[POSITION]];
    return { id: String(id), shard: Number(shard), position: String(position), document: this.documentOf(row) };
  }

  /** @throws ReadStoreDamaged for a row that no document was stored as */
  refuseDamaged(row: Row): void {
    const document = this.documentOf(row);
    const isOther = ([name, type]: readonly [string, FieldType], at: number): boolean => {
      const value = row[OWN.length + at];
      if (value === null) return false;
      if (type === 'boolean') return value !== 0 && value !== 1;
      return type === 'strings' && !Array.isArray(document[name]);
    };
    const found = this.fields.find(isOther);
    if (found === undefined) return;
    const [name, type] = found;
    throw new ReadStoreDamaged(
      `Document ${this.idOf(row)} of read model ${this.shape.name} is damaged: ${name}, declared as ${type}, holds something else.`,
      this.path,
    );
  }

  private parsed(row: Row, json: unknown): Document {
    return wholeDocument(String(json), this.idOf(row), { readModel: this.shape.name, where: this.path });
  }
}
