import { afterAll } from '@jest/globals';
import { describeOn, freshDatabase, mongoDbForTests } from '../../../test/engines/engines.testing.js';
import { readStoreContract } from '../read-store.contract.js';
import { MongoReadStore } from './mongo-read-store.js';

const mongoDb = await mongoDbForTests();
afterAll(() => (mongoDb.present ? mongoDb.stop() : undefined));

describeOn(mongoDb, 'the read store in MongoDB', (url) => {
  readStoreContract(() => MongoReadStore.open({ url: freshDatabase(url), mode: 'write' }));
});
