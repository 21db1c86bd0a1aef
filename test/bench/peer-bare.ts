/** The limit of ingest on this machine: the same request on fastify with a compiled schema, requests of a moment in one commit. */
import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { fastify } from 'fastify';
import { GroupCommit } from '../../libs/sqlite/group-commit.js';
import { transact } from '../../libs/sqlite/transaction.js';

const [folder = '.', key = ''] = process.argv.slice(2);
const hashed = createHash('sha256').update(key).digest('hex');
const text = (maxLength: number) => ({ type: 'string', maxLength });
const body = {
  type: 'object',
  required: ['source', 'externalId', 'customer', 'metric', 'score'],
  properties: {
    source: text(200),
    externalId: text(200),
    customer: text(200),
    touchpoint: text(200),
    metric: { enum: ['nps', 'csat', 'ces', 'stars'] },
    score: { type: 'integer', minimum: 0, maximum: 10 },
    contactMe: { enum: ['yes', 'no', 'not-answered'] },
    comment: text(10_000),
    tags: { type: 'array', items: text(200) },
  },
  additionalProperties: false,
};

const database = new DatabaseSync(`${folder}/bare.db`);
database.exec(
  'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE response (id INTEGER PRIMARY KEY, body TEXT)',
);
const insert = database.prepare('INSERT INTO response (body) VALUES (?)');
const group = new GroupCommit((work) => transact(database, work));

const app = fastify();
app.post('/v1/responses', { schema: { body } }, async (request, reply) => {
  const given = (request.headers.authorization ?? '').slice(7);
  if (createHash('sha256').update(given).digest('hex') !== hashed) return reply.code(401).send();
  const stored = await group.run(() => insert.run(JSON.stringify(request.body)).lastInsertRowid);
  return { response: String(stored) };
});
await app.listen({ port: 0, host: '127.0.0.1' });
const address = app.server.address();
process.stdout.write(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}\n`);
